using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

[Collection(SharedGatewayGroup.Name)]
public class ServiceTests(SharedGateway shared)
{
    private readonly TestGateway _gateway = shared.Gateway;

    [Fact]
    public async Task Heartbeat_TellsPublicConfigurationOnly()
    {
        var answer = await (await _gateway.GetAsync("/heartbeat")).JsonAsync();
        answer.Text("status").Should().Be("healthy");
        var configuration = answer["configuration"]!.AsObject();
        configuration.Select(field => field.Key).Should().Equal(
            "version", "mode", "log_prefix", "log_public_key", "cosigner_key", "witnesses",
            "entry_max_bytes", "batch_max_entries", "batch_max_bytes", "idempotency_retention_hours");
        configuration.Text("mode").Should().Be("simulated");
        configuration.Text("cosigner_key").Should().Contain("simulated");
        Convert.FromBase64String(configuration.Text("log_public_key"))
            .Should().Equal(_gateway.LogPublicKey.ToArray());
    }

    [Theory]
    [InlineData("/health", "ready")]
    [InlineData("/health/ready", "ready")]
    [InlineData("/health/live", "live")]
    public async Task Health_OfAWorkingService_IsGood(string path, string status)
    {
        var answer = await (await _gateway.GetAsync(path)).JsonAsync();
        answer.Text("status").Should().Be(status);
        answer["reason"].Should().BeNull();
        answer["stopped_chains"]!.AsObject().Should().BeEmpty();
    }

    [Fact]
    public async Task ServiceWithoutTheIssuersKeys_IsNotReady_UntilItCouldReadThem()
    {
        string? keys = null;
        await using var issuer = new ScriptedServer(_ => Task.FromResult<string?>(keys is null
            ? ScriptedServer.Answer("503 Service Unavailable", "text/plain", "")
            : ScriptedServer.Answer("200 OK", "application/json", keys)));
        await using var gateway = await TestGateway.StartAsync(
            ("auth:public_key_file", ""), ("auth:jwks_url", issuer.Url), ("auth:jwks_reload_min_seconds", "1"));
        ((int)(await gateway.GetAsync("/health/ready")).StatusCode).Should().Be(503);
        var health = await (await gateway.GetAsync("/health")).JsonAsync();
        health.Text("status").Should().Be("starting");
        health.Text("reason").Should().Contain("keys");
        (await (await gateway.GetAsync("/heartbeat")).JsonAsync()).Text("status").Should().Be("unhealthy");
        gateway.Log.Text.Should().Contain("every token is refused until it can be");

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        keys = RotatingKeysTests.KeySetOf(("one", key)).ToJsonString();
        await Until.TrueAsync(async () => (await gateway.GetAsync("/health/ready")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Attestation_WithANonce_IsADocumentThatHoldsIt()
    {
        var response = await _gateway.GetAsync("/attestation?nonce=00DEADBEEF");
        response.Content.Headers.ContentType!.ToString().Should().Be("application/cbor");
        var document = Convert.ToHexString(await response.Content.ReadAsByteArrayAsync());
        document.Should().Contain("00DEADBEEF");
        (await _gateway.GetAsync("/attestation")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("nonce=0")]
    [InlineData("nonce=zz")]
    [InlineData("nonce=00&nonce=00")]
    public async Task Attestation_BadNonce_Is400(string query) =>
        await (await _gateway.GetAsync("/attestation?" + query)).ShouldBeProblemAsync(400, "query_malformed");

    [Fact]
    public async Task Attestation_OverlongNonce_Is400()
    {
        (await _gateway.GetAsync("/attestation?nonce=" + new string('0', 1024))).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await (await _gateway.GetAsync("/attestation?nonce=" + new string('0', 1026)))
            .ShouldBeProblemAsync(400, "query_malformed");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/nothing")]
    [InlineData("/sequence/1/2")]
    [InlineData("/log")]
    [InlineData("/log/demo")]
    [InlineData("/log/demo/nothing")]
    [InlineData("/SEQUENCE/batch/x")]
    [InlineData("/openapi/v2.json")]
    public async Task UnknownAddress_Is404(string path) =>
        await (await _gateway.GetAsync(path, "demo")).ShouldBeProblemAsync(404, "not_found");

    [Theory]
    [InlineData("DELETE", "/sequence", "POST")]
    [InlineData("GET", "/sequence", "POST")]
    [InlineData("PUT", "/sequence/0", "GET, HEAD")]
    [InlineData("POST", "/log/demo/checkpoint", "GET, HEAD")]
    [InlineData("POST", "/heartbeat", "GET, HEAD")]
    [InlineData("DELETE", "/metrics", "GET, HEAD")]
    [InlineData("OPTIONS", "/sequence", "POST")]
    [InlineData("TRACE", "/heartbeat", "GET, HEAD")]
    [InlineData("BREW", "/heartbeat", "GET, HEAD")]
    public async Task UnknownMethod_Is405(string method, string path, string allow)
    {
        var response = await _gateway.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        await response.ShouldBeProblemAsync(405, "method_not_allowed");
        response.Content.Headers.Allow.Order().Should().Equal(allow.Split(", "));
    }

    [Theory]
    [InlineData("/heartbeat")]
    [InlineData("/health/ready")]
    [InlineData("/nothing")]
    public async Task Head_IsAnsweredLikeGetWithoutABody(string path)
    {
        var get = await _gateway.GetAsync(path);
        var head = await _gateway.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        head.StatusCode.Should().Be(get.StatusCode);
        head.Content.Headers.ContentLength.Should().Be(get.Content.Headers.ContentLength);
        (await head.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("/heartbeat")]
    [InlineData("/nothing")]
    [InlineData("/metrics")]
    [InlineData("/swagger/index.html")]
    public async Task EveryAnswer_HasTheSecurityHeadersAndNoServerName(string path)
    {
        var response = await _gateway.GetAsync(path);
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        response.Headers.Server.Should().BeEmpty();
        response.Headers.Contains("X-Powered-By").Should().BeFalse();
    }

    [Fact]
    public async Task Metrics_AreThoseOfTheirDocument()
    {
        // One of its own: an answer is kept for a moment, and here it must be new.
        await using var gateway = await TestGateway.StartAsync(("server:connections_max", "1"));
        await gateway.PostJsonAsync("/sequence", "metrics", """{"data":"x"}""", ("Idempotency-Key", "k"));
        // The second is published when all is noted of the first.
        await gateway.PostJsonAsync("/sequence", "metrics", """{"data":"y"}""");
        await gateway.PostJsonAsync("/sequence", "metrics", """{"data":"z"}""", ("Idempotency-Key", "k"));
        await gateway.PostJsonAsync("/sequence", "metrics", "{}");
        using var refused = await RawHttp.ConnectAsync(gateway.Address);
        var text = "";
        // How long the refused one lasted is noted when it has ended, a moment after it was counted.
        await Until.TrueAsync(async () => (text = await gateway.Http.GetStringAsync("/metrics"))
            .Contains("kestrel_rejected_connections_total", StringComparison.Ordinal)
            && text.Contains("kestrel_connection_duration_seconds", StringComparison.Ordinal));
        text.Should().Contain("http_server_request_duration_seconds_count{")
            .And.Contain("http_route=\"/sequence\"").And.Contain("code=\"data_missing\"")
            .And.MatchRegex("(?m)^sequencer_refusals_total{.*code=\"idempotency_mismatch\".*} 1$");
        var listed = await ListedMetricsAsync();
        var shown = Regex.Matches(text, "(?m)^# TYPE (\\S+)").Select(type => type.Groups[1].Value)
            .Where(name => name.Split('_')[0] is not ("dotnet" or "target" or "otel")).ToList();
        listed.Should().Contain(shown);
        // Nobody witnesses here.
        shown.Should().Contain(
            listed.Except(["sequencer_witness_answers_total", "sequencer_witness_duration_seconds"]));
    }

    /// <summary>The names of docs/metrics.md, which does not tell the runtime's one by one.</summary>
    private static async Task<List<string>> ListedMetricsAsync()
    {
        var document = await File.ReadAllLinesAsync(
            Path.Combine(SharedData.RepositoryRoot, "docs", "metrics.md"));
        return [.. document.Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split('`').Where((_, place) => place % 2 == 1))
            .Where(name => name != "dotnet_*")];
    }

    [Fact]
    public async Task OpenApi_DescribesEveryCall_WithItsTokenAndProblems()
    {
        var response = await _gateway.GetAsync("/openapi/v1.json");
        var document = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        document["openapi"]!.GetValue<string>().Should().StartWith("3.");
        var paths = document["paths"]!.AsObject();
        paths.Select(path => path.Key).Should().BeEquivalentTo(
            "/sequence", "/sequence/{idx}", "/sequence/batch", "/log/{chain}/checkpoint",
            "/log/{chain}/tile/{L}/{N}", "/log/{chain}/tile/{L}/{N}.p/{W}", "/log/{chain}/tile/entries/{N}",
            "/log/{chain}/tile/entries/{N}.p/{W}", "/log/{chain}/feed",
            "/log/{chain}/epochs", "/attestation", "/heartbeat", "/health", "/health/live", "/health/ready");
        var submit = paths["/sequence"]!["post"]!;
        submit["security"]!.AsArray().Should().ContainSingle();
        submit["requestBody"]!["content"]!.AsObject().Select(content => content.Key)
            .Should().BeEquivalentTo("application/json", "application/octet-stream");
        submit["responses"]!["413"]!["content"]!["application/problem+json"].Should().NotBeNull();
        submit["parameters"]!.AsArray().Select(parameter => parameter!["name"]!.GetValue<string>())
            .Should().BeEquivalentTo("Idempotency-Key", "Prefer");
        Schema(submit["requestBody"]!, "application/octet-stream")["format"]!.GetValue<string>().Should().Be("binary");
        var items = Schema(paths["/sequence/batch"]!["post"]!["requestBody"]!, "application/json")["items"]!;
        items["anyOf"]!.AsArray().Should().HaveCount(2);
        Schema(paths["/attestation"]!["get"]!["responses"]!["200"]!, "application/cbor")["format"]!
            .GetValue<string>().Should().Be("binary");
        foreach (var path in new[] { "/sequence/{idx}", "/log/{chain}/checkpoint", "/log/{chain}/epochs" })
            paths[path]!["get"]!["responses"]!["503"].Should().NotBeNull(path);
        document["components"]!["securitySchemes"]!["bearer"]!["scheme"]!.GetValue<string>()
            .Should().Be("bearer");
        var calls = paths.SelectMany(path => path.Value!.AsObject()).ToList();
        calls.Should().NotContain(operation => operation.Key == "head");
        calls.Select(call => call.Value!["operationId"]!.GetValue<string>()).Should().OnlyHaveUniqueItems();
        foreach (var (path, method) in new[]
            { ("/sequence", "post"), ("/sequence/batch", "post"), ("/log/{chain}/feed", "get") })
            paths[path]![method]!["description"]!.GetValue<string>().Should().Contain("can contradict it");
    }

    /// <summary>As the page and generated clients do, which escape every character of a parameter.</summary>
    [Fact]
    public async Task OpenApi_PathsOfTiles_CanBeCalled()
    {
        await _gateway.PostJsonAsync("/sequence", "openapi", """{"data":"x"}""");
        var document = JsonNode.Parse(await _gateway.Http.GetStringAsync("/openapi/v1.json"))!;
        var tiles = document["paths"]!.AsObject().Select(path => path.Key)
            .Where(path => path.Contains("/tile/", StringComparison.Ordinal)).ToList();
        foreach (var path in tiles)
        {
            var called = path.Replace("{chain}", "openapi").Replace("{L}", "0").Replace("{N}", "000")
                .Replace("{W}", "1");
            var answer = await _gateway.GetAsync(called, "openapi");
            if (path.EndsWith("{W}", StringComparison.Ordinal))
                answer.StatusCode.Should().Be(HttpStatusCode.OK, called);
            else
                await answer.ShouldBeProblemAsync(404, "tile_unknown");
        }

        tiles.Should().HaveCount(4);
    }

    private static JsonNode Schema(JsonNode body, string type) => body["content"]![type]!["schema"]!;

    [Fact]
    public async Task Swagger_ShowsThePage()
    {
        var page = await (await _gateway.GetAsync("/swagger/index.html")).Content.ReadAsStringAsync();
        page.Should().Contain("BLOCKY Sequencer");
        (await (await _gateway.GetAsync("/swagger/index.js")).Content.ReadAsStringAsync())
            .Should().Contain("/openapi/v1.json");
    }

    [Fact]
    public async Task Metrics_BeforeAnyProblem_HaveTheGatewaysOwn()
    {
        await using var gateway = await TestGateway.StartAsync();
        (await gateway.Http.GetStringAsync("/metrics")).Should()
            .Contain("sequencer_arriving_bytes").And.Contain("sequencer_large_bundles_bytes")
            .And.Contain("sequencer_feed_readers").And.Contain("sequencer_feed_cut_off_total");
    }

    [Theory]
    [InlineData("internal_error")]
    [InlineData("chain_stopped")]
    [InlineData("ledger_unavailable")]
    [InlineData("enclave_unavailable")]
    public async Task Metrics_BeforeAnyProblem_HaveTheCodesThatAreWorthAnAlert(string code)
    {
        await using var gateway = await TestGateway.StartAsync();
        (await gateway.Http.GetStringAsync("/metrics")).Should().MatchRegex(
            $"(?m)^sequencer_problems_total{{.*code=\"{code}\".*}} 0$");
    }
}
