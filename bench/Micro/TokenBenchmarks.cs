using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Primitives;
using Sequencer.Gateway;

namespace Sequencer.Micro;

/// <summary>The check of a request's token, remembered from before and seen for the first time.</summary>
public class TokenBenchmarks
{
    private TokenValidator _remembering = null!;
    private TokenValidator _forgetting = null!;
    private StringValues _header;

    [GlobalSetup]
    public void SetUp()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keys = new FixedKeys(PemKeys.Parse(key.ExportSubjectPublicKeyInfoPem()));
        _remembering = new TokenValidator(Settings(remembered: 1_000), keys, TimeProvider.System);
        _forgetting = new TokenValidator(Settings(remembered: 0), keys, TimeProvider.System);
        _header = "Bearer " + Token(key);
    }

    [Benchmark(Description = "token: check one that is remembered")]
    public bool CheckRemembered() => IsGood(_remembering);

    [Benchmark(Description = "token: check one for the first time, ES256")]
    public bool CheckNew() => IsGood(_forgetting);

    private bool IsGood(TokenValidator validator)
    {
        // Keys from a file are there at once: nothing is waited for.
        var check = validator.CheckAsync(_header, CancellationToken.None);
        return check.IsCompletedSuccessfully && check.Result.IsAccepted(out _, out _)
            ? true
            : throw new InvalidOperationException("The token was refused.");
    }

    private static string Token(ECDsa key)
    {
        var expires = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        var input = Encode("""{"alg":"ES256","typ":"JWT"}""") + "."
            + Encode(string.Create(CultureInfo.InvariantCulture, $$"""{"sub":"micro","exp":{{expires}}}"""));
        var signature = key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static AuthSettings Settings(int remembered) => new()
    {
        JwksReloadMinSeconds = 10,
        JwksReloadMaxSeconds = 600,
        Issuer = "",
        Audience = "",
        ClockSkewSeconds = 0,
        TokensRemembered = remembered,
    };
}
