using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Cli.Token;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Token;

public sealed class TokenCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Token_P256Key_IsSignedWithEs256AndSaysWhatWasAsked()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var run = await TokenAsync(key.ExportPkcs8PrivateKeyPem(), "--scope", "read", "--issuer", "me",
            "--audience", "you", "--kid", "k1", "--ttl", "90s");

        run.ExitCode.Should().Be(0);
        var parts = run.Output.TrimEnd('\n').Split('.');
        Json(parts[0]).ToJsonString().Should().Be("""{"alg":"ES256","typ":"JWT","kid":"k1"}""");
        Json(parts[1]).ToJsonString().Should().Be(new JsonObject
        {
            ["sub"] = "demo",
            ["iss"] = "me",
            ["aud"] = "you",
            ["scope"] = "read",
            ["iat"] = TestLog.Time,
            ["exp"] = TestLog.Time + 90,
        }.ToJsonString());
        key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256).Should().BeTrue();
    }

    [Fact]
    public async Task Token_RsaKey_IsSignedWithRs256()
    {
        using var key = RSA.Create(2048);
        var parts = (await TokenAsync(key.ExportRSAPrivateKeyPem())).Output.TrimEnd('\n').Split('.');

        Json(parts[0])["alg"]!.GetValue<string>().Should().Be("RS256");
        Json(parts[1])["exp"]!.GetValue<long>().Should().Be((long)TestLog.Time + 3600);
        key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Should().BeTrue();
    }

    [Fact]
    public async Task Token_KeyOnAnotherCurve_IsAUsageError()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var run = await TokenAsync(key.ExportPkcs8PrivateKeyPem());

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain("not on P-256");
    }

    [Theory]
    [InlineData("Read")]
    [InlineData("")]
    [InlineData("read,write")]
    public async Task Token_ScopeThatTheGatewayDoesNotKnow_IsAUsageError(string scope)
    {
        var run = await CliRun.OfAsync("token", "--chain", "demo", "--scope", scope);

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain("--scope takes read");
    }

    [Fact]
    public async Task Token_ShortRsaKey_IsAUsageError()
    {
        using var key = RSA.Create(1024);
        (await TokenAsync(key.ExportRSAPrivateKeyPem())).Error.Should().Contain("1024 bits");
    }

    [Fact]
    public async Task Token_PublicKey_IsAUsageErrorThatShowsNothingOfTheFile()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var run = await TokenAsync(key.ExportSubjectPublicKeyInfoPem());

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain("cannot sign tokens").And.NotContain("BEGIN");
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("1h", 3_600)]
    [InlineData("30d", 2_592_000)]
    [InlineData("3650d", 315_360_000)]
    public void Lifetime_OfTheAgreedForm_IsRead(string text, int seconds) =>
        Lifetime.TryParse(text).Should().Be(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("0h")]
    [InlineData("-1h")]
    [InlineData("1")]
    [InlineData("1 h")]
    [InlineData("1w")]
    [InlineData("3651d")]
    [InlineData("99999999999s")]
    public void Lifetime_OfAnotherForm_IsNone(string text) => Lifetime.TryParse(text).Should().BeNull();

    private Task<CliRun> TokenAsync(string pem, params string[] args) =>
        CliRun.OfAsync(["token", "--chain", "demo", "--key", _folder.Write("jwt.key", pem), .. args]);

    private static JsonNode Json(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!;
}
