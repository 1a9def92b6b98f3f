using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Sequencer.Testing;
using Serilog;
using Serilog.Extensions.Logging;

namespace Sequencer.Gateway.Tests;

/// <summary>Key sets in which some keys are no good.</summary>
public sealed class JwksTests : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);

    public void Dispose() => _rsa.Dispose();

    public static TheoryData<string> BadKeys =>
    [
        """{"kty":"RSA","kid":"bad"}""",
        """{"kty":"RSA","kid":"bad","n":"","e":"AQAB"}""",
        """{"kty":"RSA","kid":"bad","n":"AAAA","e":"AQAB"}""",
        $$"""{"kty":"RSA","kid":"bad","n":"{{new string('A', 1024)}}","e":"AQAB"}""",
        $$"""{"kty":"RSA","kid":"bad","n":"{{new string('_', 1024)}}","e":""}""",
        """{"kty":"RSA","kid":"bad","n":"!!","e":"AQAB"}""",
        """{"kty":"EC","crv":"P-256","kid":"bad"}""",
        """{"kty":"EC","crv":"P-256","kid":"bad","x":"AA","y":"AA"}""",
        $$"""{"kty":"EC","crv":"P-256","kid":"bad","x":"{{Ones}}","y":"{{Ones}}"}""",
    ];

    private static string Ones { get; } = Base64Url.EncodeToString(Enumerable.Repeat((byte)1, 32).ToArray());

    [Theory]
    [MemberData(nameof(BadKeys))]
    public void Parse_WithABadKeyAmongGoodOnes_LeavesItAloneOut(string bad)
    {
        var set = Jwks.Parse(SetOf(bad, GoodKey()), out var leftOut);
        leftOut.Should().ContainSingle().Which.Should().StartWith("kid bad: ");
        set.IsEmpty.Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public void Parse_WithABadKeyAlone_SaysWhatIsWrongWithIt(string bad)
    {
        var parsing = () => Jwks.Parse(SetOf(bad));
        parsing.Should().Throw<CryptographicException>().WithMessage("*found 0 (kid bad: *");
    }

    [Fact]
    public void Parse_NameThatATerminalWouldActOn_StaysOnItsLine()
    {
        Jwks.Parse(SetOf("""{"kty":"RSA","kid":"a\nb\u2028\u202ec"}""", GoodKey()), out var leftOut);
        leftOut.Single().Should().StartWith("kid a?b??c: ");
    }

    [Fact]
    public async Task RefreshAsync_WithABadKey_TellsItOnce()
    {
        var log = new LogSink();
        var logger = new LoggerConfiguration().WriteTo.Sink(log).CreateLogger();
        using var loggers = new LoggerFactory([new SerilogLoggerProvider(logger, dispose: true)]);
        var time = new ManualClock();
        var settings = new AuthSettings
        {
            JwksReloadMinSeconds = 10,
            JwksReloadMaxSeconds = 600,
            Issuer = "",
            Audience = "",
            ClockSkewSeconds = 0,
            TokensRemembered = 100,
        };
        using var keys = new RotatingKeys(
            _ => Task.FromResult(SetOf("""{"kty":"RSA","kid":"bad"}""", GoodKey())), settings, time,
            loggers.CreateLogger<RotatingKeys>());
        for (var i = 0; i < 3; i++)
        {
            await keys.RefreshAsync(CancellationToken.None);
            time.Now += TimeSpan.FromSeconds(11);
        }

        keys.Current.IsEmpty.Should().BeFalse();
        log.Text.Split('\n').Should().ContainSingle().Which.Should().StartWith("Warning").And.Contain("kid bad");
    }

    private string GoodKey()
    {
        var key = _rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["kid"] = "good",
            ["n"] = Base64Url.EncodeToString(key.Modulus),
            ["e"] = Base64Url.EncodeToString(key.Exponent),
        }.ToJsonString();
    }

    private static byte[] SetOf(params string[] keys) =>
        Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', keys)}}]}""");
}
