using System.Security.Cryptography;
using System.Text;

namespace Sequencer.Gateway.Tests;

/// <summary>
/// What a token must be, over HTTP: 401 says why it is not one, 403 what it does not allow.
/// </summary>
[Collection(SharedGatewayGroup.Name)]
public class TokenTests(SharedGateway shared)
{
    private const string Es256 = """{"alg":"ES256"}""";
    private readonly TestGateway _gateway = shared.Gateway;

    [Fact]
    public async Task NoToken_Is401WithoutAnError()
    {
        var response = await SendAsync(null);
        await response.ShouldBeProblemAsync(401, "token_missing");
        response.Headers.WwwAuthenticate.Single().Parameter.Should().Be("realm=\"sequencer\"");
    }

    [Fact]
    public async Task BadToken_IsChallengedAsInvalidToken()
    {
        var response = await SendAsync("nonsense");
        await response.ShouldBeProblemAsync(401, "token_malformed");
        response.Headers.WwwAuthenticate.Single().Parameter.Should().Contain("error=\"invalid_token\"");
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("..")]
    [InlineData("e30.e30.e30")]
    [InlineData("e30=.e30.e30")]
    [InlineData("e30.e30.a")]
    [InlineData("eyJhbGciOiJFUzI1NiIsImNyaXQiOlsiZXhwIl19.e30.e30")]
    [InlineData("eyJhbGciOiJFUzI1NiIsImFsZyI6IlJTMjU2In0.e30.e30")]
    [InlineData("eyJhbGciOiJcdWQ4MDAifQ.e30.e30")]
    [InlineData("eyJcdWQ4MDAiOjEsImFsZyI6IkVTMjU2In0.e30.e30")]
    public async Task Malformed_Is401(string token) =>
        await (await SendAsync(token)).ShouldBeProblemAsync(401, "token_malformed");

    [Fact]
    public async Task OverlongToken_Is401() =>
        await (await SendAsync(new string('a', 9000))).ShouldBeProblemAsync(401, "token_malformed");

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer")]
    public async Task OtherScheme_Is401(string header)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/sequence/0");
        request.Headers.TryAddWithoutValidation("Authorization", header);
        await (await _gateway.Http.SendAsync(request)).ShouldBeProblemAsync(401, "token_malformed");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("ES384")]
    [InlineData("PS256")]
    [InlineData("EdDSA")]
    [InlineData("es256")]
    public async Task OtherAlgorithm_Is401(string algorithm)
    {
        var token = _gateway.Tokens.Sign(TestTokens.Claims("demo"), $$"""{"alg":"{{algorithm}}"}""");
        await (await SendAsync(token)).ShouldBeProblemAsync(401, "token_algorithm");
    }

    [Fact]
    public async Task AlgNoneWithoutSignature_Is401()
    {
        var token = TestTokens.Compact(
            """{"alg":"none"}""", TestTokens.Claims("demo").ToJsonString(), _ => []);
        await (await SendAsync(token)).ShouldBeProblemAsync(401, "token_malformed");
    }

    [Fact]
    public async Task Hs256UnderThePublicKey_Is401()
    {
        var publicKey = Encoding.ASCII.GetBytes("whatever the public key is");
        var token = TestTokens.Compact("""{"alg":"HS256"}""", TestTokens.Claims("demo").ToJsonString(),
            signed => HMACSHA256.HashData(publicKey, signed));
        await (await SendAsync(token)).ShouldBeProblemAsync(401, "token_algorithm");
    }

    [Fact]
    public async Task AlgorithmThatTheKeyIsNotFor_Is401()
    {
        var token = _gateway.Tokens.Sign(TestTokens.Claims("demo"), """{"alg":"RS256"}""");
        await (await SendAsync(token)).ShouldBeProblemAsync(401, "token_key_unknown");
    }

    [Fact]
    public async Task OtherKey_Is401()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await (await SendAsync(new TestTokens(other).For("demo"))).ShouldBeProblemAsync(
            401, "token_signature");
    }

    [Fact]
    public async Task ChangedPayload_Is401()
    {
        var good = _gateway.Tokens.For("demo").Split('.');
        var other = _gateway.Tokens.For("victim").Split('.');
        await (await SendAsync($"{good[0]}.{other[1]}.{good[2]}")).ShouldBeProblemAsync(
            401, "token_signature");
    }

    [Fact]
    public async Task SignatureOfZeros_Is401()
    {
        var token = TestTokens.Compact(Es256, TestTokens.Claims("demo").ToJsonString(), _ => new byte[64]);
        await (await SendAsync(token)).ShouldBeProblemAsync(401, "token_signature");
    }

    [Fact]
    public async Task SignatureInDer_Is401()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = TestTokens.Compact(Es256, TestTokens.Claims("demo").ToJsonString(), signed =>
            key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        await (await SendAsync(token)).ShouldBeProblemAsync(401, "token_signature");
    }

    [Theory]
    [InlineData("""{"sub":"demo"}""", "token_expiry_missing")]
    [InlineData("""{"sub":"demo","exp":"4102444800"}""", "token_expiry_missing")]
    [InlineData("""{"sub":"demo","exp":null}""", "token_expiry_missing")]
    [InlineData("""{"sub":"demo","exp":-1}""", "token_expiry_missing")]
    [InlineData("""{"sub":"demo","exp":0}""", "token_expired")]
    [InlineData("""{"sub":"demo","exp":1700000000}""", "token_expired")]
    [InlineData("""{"sub":"demo","exp":1700000000.5}""", "token_expired")]
    [InlineData("""{"sub":"demo","exp":4102444800,"nbf":4102444700}""", "token_not_yet_valid")]
    [InlineData("""{"sub":"demo","exp":4102444800,"nbf":"0"}""", "token_not_yet_valid")]
    [InlineData("""{"exp":4102444800}""", "token_subject_missing")]
    [InlineData("""{"exp":4102444800,"sub":""}""", "token_subject_missing")]
    [InlineData("""{"exp":4102444800,"sub":7}""", "token_subject_missing")]
    [InlineData("""{"exp":4102444800,"sub":"\ud800"}""", "token_subject_missing")]
    [InlineData("""{"exp":4102444800,"sub":"demo","sub":"victim"}""", "token_malformed")]
    [InlineData("""["exp",4102444800]""", "token_malformed")]
    [InlineData("not json", "token_malformed")]
    public async Task BadClaims_Are401(string payload, string code) =>
        await (await SendAsync(SignRaw(payload))).ShouldBeProblemAsync(401, code);

    [Theory]
    [InlineData("""{"sub":"demo","exp":1e300}""")]
    [InlineData("""{"sub":"demo","exp":4102444800,"nbf":0}""")]
    [InlineData("""{"sub":"demo","exp":4102444800.75,"scope":["x"]}""")]
    public async Task UnusualButGoodClaims_AreTaken(string payload) =>
        await (await SendAsync(SignRaw(payload))).ShouldBeProblemAsync(404, "index_unknown");

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("%2e%2e")]
    [InlineData("..%2f..")]
    [InlineData("Demo")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("ä")]
    [InlineData("demo\n")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345")]
    public async Task SubjectOutsideTheRule_Is403(string subject) =>
        await (await SendAsync(_gateway.Tokens.For(subject))).ShouldBeProblemAsync(403, "chain_id_invalid");

    [Theory]
    [InlineData("a")]
    [InlineData("0.a_b-c")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public async Task SubjectWithinTheRule_IsTaken(string subject) =>
        await (await SendAsync(_gateway.Tokens.For(subject))).ShouldBeProblemAsync(404, "index_unknown");

    [Theory]
    [InlineData("/sequence")]
    [InlineData("/sequence/batch")]
    public async Task ReadOnlyTokenThatWrites_Is403(string path)
    {
        var request = TestGateway.Request(
            HttpMethod.Post, path, _gateway.Tokens.For("demo", scope: "openid read"));
        request.Content = new StringContent("""{"data":"x"}""", Encoding.UTF8, "application/json");
        var response = await _gateway.Http.SendAsync(request);
        await response.ShouldBeProblemAsync(403, "token_read_only");
        response.Headers.WwwAuthenticate.Single().Parameter.Should().Contain("error=\"insufficient_scope\"");
    }

    [Fact]
    public async Task TwoAuthorizationHeaders_Are401()
    {
        var token = _gateway.Tokens.For("demo");
        var answer = await RawHttp.ExchangeAsync(_gateway.Address,
            $"GET /sequence/0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            + $"Authorization: Bearer {token}\r\nConnection: close\r\n\r\n");
        answer.Should().StartWith("HTTP/1.1 401").And.Contain("token_malformed");
    }

    private string SignRaw(string payload) => _gateway.Tokens.SignText(payload);

    private async Task<HttpResponseMessage> SendAsync(string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/sequence/0");
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return await _gateway.Http.SendAsync(request);
    }
}
