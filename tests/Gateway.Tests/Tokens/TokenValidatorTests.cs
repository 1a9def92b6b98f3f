using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>The token check by itself: its clock, its memory and its claims.</summary>
public sealed class TokenValidatorTests : IDisposable
{
    private readonly ManualClock _time = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Expiry_IsExact_AlsoForARememberedToken()
    {
        var validator = Validator(Settings());
        var token = Sign(("exp", Seconds(10)), ("sub", "demo"));
        (await CheckAsync(validator, token)).Token.Should().NotBeNull();
        _time.Now += TimeSpan.FromSeconds(9.999);
        (await CheckAsync(validator, token)).Token.Should().NotBeNull();
        _time.Now += TimeSpan.FromSeconds(0.001);
        (await CheckAsync(validator, token)).Refusal!.Code.Should().Be(ProblemCode.TokenExpired);
    }

    [Fact]
    public async Task NotBefore_IsExact_AndSkewStretchesBothEnds()
    {
        var exact = Validator(Settings());
        var skewed = Validator(Settings() with { ClockSkewSeconds = 5 });
        var early = Sign(("exp", Seconds(60)), ("nbf", Seconds(5)), ("sub", "demo"));
        (await CheckAsync(exact, early)).Refusal!.Code.Should().Be(ProblemCode.TokenNotYetValid);
        (await CheckAsync(skewed, early)).Token.Should().NotBeNull();
        var late = Sign(("exp", Seconds(-4)), ("sub", "demo"));
        (await CheckAsync(exact, late)).Refusal!.Code.Should().Be(ProblemCode.TokenExpired);
        (await CheckAsync(skewed, late)).Token.Should().NotBeNull();
        _time.Now += TimeSpan.FromSeconds(1);
        (await CheckAsync(skewed, late)).Refusal!.Code.Should().Be(ProblemCode.TokenExpired);
        _time.Now += TimeSpan.FromSeconds(4);
        (await CheckAsync(exact, early)).Token.Should().NotBeNull();
    }

    [Fact]
    public async Task IssuerAndAudience_AreCheckedWhenConfigured()
    {
        var validator = Validator(Settings() with { Issuer = "us", Audience = "it" });
        await RefusesAsync(ProblemCode.TokenIssuer, ("aud", "it"));
        await RefusesAsync(ProblemCode.TokenIssuer, ("iss", "them"), ("aud", "it"));
        await RefusesAsync(ProblemCode.TokenIssuer, ("iss", 7), ("aud", "it"));
        await RefusesAsync(ProblemCode.TokenAudience, ("iss", "us"));
        await RefusesAsync(ProblemCode.TokenAudience, ("iss", "us"), ("aud", "that"));
        await RefusesAsync(ProblemCode.TokenAudience, ("iss", "us"), ("aud", new JsonArray("that", 7)));
        foreach (var audience in new JsonNode[] { "it", new JsonArray("that", "it") })
        {
            var good = Sign(("exp", Seconds(9)), ("sub", "demo"), ("iss", "us"), ("aud", audience));
            (await CheckAsync(validator, good)).Token.Should().NotBeNull();
        }

        async Task RefusesAsync(ProblemCode code, params (string, JsonNode)[] claims) =>
            (await CheckAsync(validator, Sign([("exp", Seconds(9)), ("sub", "demo"), .. claims])))
                .Refusal!.Code.Should().Be(code);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("openid", true)]
    [InlineData("read", false)]
    [InlineData("openid read", false)]
    [InlineData("read write", true)]
    [InlineData("readwrite", true)]
    [InlineData("READ", true)]
    public async Task Scope_LimitsToReadingOnlyByTheWordRead(string? scope, bool canWrite)
    {
        var claims = new List<(string, JsonNode)> { ("exp", Seconds(9)), ("sub", "demo") };
        if (scope is not null)
            claims.Add(("scope", scope));
        var check = await CheckAsync(Validator(Settings()), Sign([.. claims]));
        check.Token!.CanWrite.Should().Be(canWrite);
    }

    [Fact]
    public async Task Rs256_IsCheckedWithAnRsaKey()
    {
        using var rsa = RSA.Create(2048);
        var keys = PemKeys.Parse(
            _key.ExportSubjectPublicKeyInfoPem() + "\n" + rsa.ExportSubjectPublicKeyInfoPem());
        var validator = new TokenValidator(Settings(), new FixedKeys(keys), _time);
        var payload = $$"""{"sub":"demo","exp":{{Seconds(9)}}}""";
        string Sign(RSASignaturePadding padding) => TestTokens.Compact("""{"alg":"RS256"}""", payload,
            bytes => rsa.SignData(bytes, HashAlgorithmName.SHA256, padding));
        (await CheckAsync(validator, Sign(RSASignaturePadding.Pkcs1))).Token!.Chain.Value.Should().Be("demo");
        (await CheckAsync(validator, Sign(RSASignaturePadding.Pss))).Refusal!.Code
            .Should().Be(ProblemCode.TokenSignature);
    }

    [Fact]
    public void WeakOrStrangeKeys_AreNotAccepted()
    {
        using var small = RSA.Create(1024);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var pem in new[]
        {
            small.ExportSubjectPublicKeyInfoPem(), other.ExportSubjectPublicKeyInfoPem(),
            _key.ExportPkcs8PrivateKeyPem(), "", "no pem",
        })
        {
            var parsing = () => PemKeys.Parse(pem);
            parsing.Should().Throw<CryptographicException>();
        }
    }

    [Fact]
    public async Task Memory_IsBounded_AndKeepsNothingThatItMust()
    {
        var validator = Validator(Settings() with { TokensRemembered = 4 });
        for (var i = 0; i < 100; i++)
        {
            var token = Sign(("exp", Seconds(60)), ("sub", $"chain-{i}"));
            for (var again = 0; again < 2; again++)
                (await CheckAsync(validator, token)).Token!.Chain.Value.Should().Be($"chain-{i}");
        }
    }

    [Fact]
    public async Task RefusedTokens_AreNotRemembered()
    {
        var validator = Validator(Settings());
        var token = Sign(("exp", Seconds(60)), ("nbf", Seconds(30)), ("sub", "demo"));
        (await CheckAsync(validator, token)).Token.Should().BeNull();
        _time.Now += TimeSpan.FromSeconds(31);
        (await CheckAsync(validator, token)).Token.Should().NotBeNull();
    }

    [Fact]
    public void AnyText_IsATokenOrRefused() =>
        Gen.OneOf(Gen.String, Gen.String["eyJhbGciOiJFUzI1NiJ9._-=."]).Sample(text =>
        {
            var isToken = Jwt.Parse(text).TryGet(out var token, out var problem);
            (token is not null, problem is null).Should().Be((isToken, isToken));
        });

    [Fact]
    public void AnyHeader_IsATokenOrRefused() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        var header = System.Buffers.Text.Base64Url.EncodeToString(bytes);
        var isToken = Jwt.Parse(header + ".e30.e30").TryGet(out var token, out var problem);
        (token is not null, problem is null).Should().Be((isToken, isToken));
    });

    [Fact]
    public async Task AnySignedPayload_IsAcceptedOrRefused() =>
        await Gen.Byte.Array[0, 60].SampleAsync(async bytes =>
    {
        var tokens = new TestTokens(_key);
        var check = await CheckAsync(
            Validator(Settings()), tokens.SignText(Encoding.Latin1.GetString(bytes)));
        (check.Token is null).Should().Be(check.Refusal is not null);
    }, iter: 50);

    private TokenValidator Validator(AuthSettings settings) =>
        new(settings, new FixedKeys(PemKeys.Parse(_key.ExportSubjectPublicKeyInfoPem())), _time);

    private static AuthSettings Settings() => new()
    {
        JwksReloadMinSeconds = 10,
        JwksReloadMaxSeconds = 600,
        Issuer = "",
        Audience = "",
        ClockSkewSeconds = 0,
        TokensRemembered = 100,
    };

    private long Seconds(int fromNow) => _time.Now.AddSeconds(fromNow).ToUnixTimeSeconds();

    private string Sign(params (string Name, JsonNode Value)[] claims) => new TestTokens(_key).Sign(
        new JsonObject(
            claims.Select(claim => KeyValuePair.Create(claim.Name, (JsonNode?)claim.Value.DeepClone()))));

    private static async Task<TokenCheck> CheckAsync(TokenValidator validator, string token) =>
        await validator.CheckAsync("Bearer " + token, CancellationToken.None);
}
