using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>Keys that change while the gateway runs.</summary>
public sealed class RotatingKeysTests : IDisposable
{
    private readonly ManualClock _time = new();
    private readonly ECDsa _first = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private Func<Task<byte[]>> _source = () => throw new IOException("not there");
    private int _fetches;

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task NewKey_IsSeenWithoutARestart_AndTheOldOneForgottenWithItsTokens()
    {
        using var keys = Keys();
        var validator = new TokenValidator(Settings, keys, _time);
        Serve(("one", _first));
        await keys.RefreshAsync(CancellationToken.None);
        (await CheckAsync(validator, _first, "one")).Token.Should().NotBeNull();

        Serve(("two", _second));
        _time.Now += TimeSpan.FromSeconds(11);
        (await CheckAsync(validator, _first, "one")).Token.Should().NotBeNull("nothing made it look yet");
        (await CheckAsync(validator, _second, "two")).Token.Should().NotBeNull();
        (await CheckAsync(validator, _first, "one")).Refusal!.Code.Should().Be(ProblemCode.TokenKeyUnknown);
    }

    [Fact]
    public async Task UnknownKid_LooksAgain_ButNotBeforeTheInterval()
    {
        using var keys = Keys();
        var validator = new TokenValidator(Settings, keys, _time);
        Serve(("one", _first));
        for (var i = 0; i < 100; i++)
            (await CheckAsync(validator, _second, $"kid-{i}")).Refusal!.Code
                .Should().Be(ProblemCode.TokenKeyUnknown);
        _fetches.Should().Be(1);
        _time.Now += TimeSpan.FromSeconds(11);
        await CheckAsync(validator, _second, "two");
        _fetches.Should().Be(2);
    }

    [Fact]
    public async Task FailedReading_LeavesTheLastGoodSet()
    {
        using var keys = Keys();
        var validator = new TokenValidator(Settings, keys, _time);
        (await CheckAsync(validator, _first, "one")).Refusal!.Code.Should().Be(ProblemCode.KeysUnavailable);
        _time.Now += TimeSpan.FromSeconds(11);
        Serve(("one", _first));
        (await CheckAsync(validator, _first, "one")).Token.Should().NotBeNull();
        foreach (var bad in new Func<Task<byte[]>>[]
        {
            () => throw new HttpRequestException("down"), () => throw new TimeoutException("slow"),
            () =>
                Task.FromResult("not json"u8.ToArray()), () => Task.FromResult("""{"keys":[]}"""u8.ToArray()),
            () => Task.FromResult("""{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"""u8.ToArray()),
            () => Task.FromResult("""{"keys":[{"kty":"RSA","n":"","e":"AQAB"}]}"""u8.ToArray()),
            () => Task.FromResult("""{"keys":[{"kty":"RSA"}]}"""u8.ToArray()),
            () => throw new InvalidOperationException("a defect"),
            () => Task.FromResult("""{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"!!"}]}"""u8.ToArray()),
        })
        {
            _source = bad;
            _time.Now += TimeSpan.FromSeconds(11);
            (await CheckAsync(validator, _second, "two")).Refusal!.Code
                .Should().Be(ProblemCode.TokenKeyUnknown);
            (await CheckAsync(validator, _first, "one")).Token.Should().NotBeNull();
        }
    }

    [Fact]
    public async Task IssuerThatHangs_IsWaitedForOnce()
    {
        using var keys = Keys();
        var answer = new TaskCompletionSource<byte[]>();
        _source = () => answer.Task;
        var first = keys.RefreshAsync(CancellationToken.None);
        var second = keys.RefreshAsync(CancellationToken.None);
        _time.Now += TimeSpan.FromSeconds(11);
        answer.SetException(new TimeoutException("slow"));
        await Task.WhenAll(first, second);
        _fetches.Should().Be(1);
    }

    [Fact]
    public void FileWithAByteOrderMark_IsTaken()
    {
        using var folder = new TestSecrets();
        File.WriteAllText(
            folder.PathOf("jwks.json"), KeySetOf(("one", _first)).ToJsonString(), new UTF8Encoding(true));
        Jwks.Parse(File.ReadAllBytes(folder.PathOf("jwks.json")))
            .CandidatesFor(Token(_first, "one")).Should().ContainSingle();
    }

    [Fact]
    public void FileThatCannotBeReadLater_IsRefusedAtTheStart()
    {
        using var folder = new TestSecrets();
        var path = folder.PathOf("jwks.json");
        File.WriteAllText(path, KeySetOf(("one", _first)).ToJsonString() + new string(' ', Jwks.BytesMax));
        var opening = () => KeySource.FromJwks(
            Settings with { JwksFile = path }, _time, NullLogger<RotatingKeys>.Instance);
        opening.Should().Throw<SettingsException>().Which.Message.Should()
            .StartWith($"auth.jwks_file: {path}: the file has ").And.Contain("at most 262144");
    }

    [Fact]
    public void KeysOfOtherUse_AreLeftOut()
    {
        var set = Jwks.Parse(Encoding.UTF8.GetBytes(new JsonObject
        {
            ["keys"] = new JsonArray(
                With(Jwk("enc", _first), "use", "enc"), With(Jwk("384", _first), "alg", "ES384"),
                With(
                    Jwk("curve", _first), "crv", "P-384"), new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" },
                7, Jwk("good", _second)),
        }.ToJsonString()));
        set.CandidatesFor(Token(_second, "good")).Should().ContainSingle();
        foreach (var other in new[] { "enc", "384", "curve" })
            set.CandidatesFor(Token(_first, other)).Should().BeEmpty();
        set.CandidatesFor(Token(_second, null))
            .Should().ContainSingle("a token without kid is tried with every key");
    }

    [Fact]
    public async Task RunningGateway_FollowsItsFile()
    {
        using var folder = new TestSecrets();
        Serve(("one", _first));
        var path = folder.PathOf("jwks.json");
        await File.WriteAllBytesAsync(path, await _source());
        await using var gateway = await TestGateway.StartAsync(
            ("auth:public_key_file", ""), ("auth:jwks_file", path), ("auth:jwks_reload_min_seconds", "1"));
        var old = await SendAsync(gateway, _first, "one");
        await old.ShouldBeProblemAsync(404, "index_unknown");

        Serve(("two", _second));
        await File.WriteAllBytesAsync(path, await _source());
        HttpResponseMessage answer;
        do
            answer = await SendAsync(gateway, _second, "two");
        while ((int)answer.StatusCode == 401);
        await answer.ShouldBeProblemAsync(404, "index_unknown");
        await (await SendAsync(gateway, _first, "one")).ShouldBeProblemAsync(401, "token_key_unknown");
    }

    private static Task<HttpResponseMessage> SendAsync(TestGateway gateway, ECDsa key, string kid) =>
        gateway.Http.SendAsync(TestGateway.Request(HttpMethod.Get, "/sequence/0",
            new TestTokens(key).Sign(TestTokens.Claims("demo"), $$"""{"alg":"ES256","kid":"{{kid}}"}""")));

    private static AuthSettings Settings { get; } = new()
    {
        JwksReloadMinSeconds = 10,
        JwksReloadMaxSeconds = 600,
        Issuer = "",
        Audience = "",
        ClockSkewSeconds = 0,
        TokensRemembered = 100,
    };

    private RotatingKeys Keys() => new(_ =>
    {
        _fetches++;
        return _source();
    }, Settings, _time, NullLogger<RotatingKeys>.Instance);

    private void Serve(params (string Kid, ECDsa Key)[] keys)
    {
        var bytes = Encoding.UTF8.GetBytes(KeySetOf(keys).ToJsonString());
        _source = () => Task.FromResult(bytes);
    }

    internal static JsonObject KeySetOf(params (string Kid, ECDsa Key)[] keys) =>
        new() { ["keys"] = new JsonArray([.. keys.Select(key => Jwk(key.Kid, key.Key))]) };

    private static JsonObject Jwk(string kid, ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["kid"] = kid,
            ["x"] = System.Buffers.Text.Base64Url.EncodeToString(point.X),
            ["y"] = System.Buffers.Text.Base64Url.EncodeToString(point.Y),
        };
    }

    private static JsonObject With(JsonObject key, string name, string value)
    {
        key[name] = value;
        return key;
    }

    private Jwt Token(ECDsa key, string? kid)
    {
        var header = kid is null ? """{"alg":"ES256"}""" : $$"""{"alg":"ES256","kid":"{{kid}}"}""";
        return Jwt.Parse(new TestTokens(key).Sign(Claims(), header)).TryGet(out var token, out var problem)
            ? token
            : throw new InvalidOperationException(problem.Detail);
    }

    private JsonObject Claims() =>
        new() { ["sub"] = "demo", ["exp"] = _time.Now.AddMinutes(10).ToUnixTimeSeconds() };

    private async Task<TokenCheck> CheckAsync(TokenValidator validator, ECDsa key, string kid)
    {
        var token = new TestTokens(key).Sign(Claims(), $$"""{"alg":"ES256","kid":"{{kid}}"}""");
        return await validator.CheckAsync("Bearer " + token, CancellationToken.None);
    }
}
