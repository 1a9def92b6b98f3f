using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>
/// Every kind of bad input of one transaction gets its own code, and nothing of it is repeated.
/// </summary>
[Collection(SharedGatewayGroup.Name)]
public class BadInputTests(SharedGateway shared)
{
    private readonly TestGateway _gateway = shared.Gateway;

    [Theory]
    [InlineData("", 400, "body_empty")]
    [InlineData("{", 400, "json_malformed")]
    [InlineData("{'data':'x'}", 400, "json_malformed")]
    [InlineData("""{"data":"x"} trailing""", 400, "json_malformed")]
    [InlineData("""{"data":"x"}{"data":"x"}""", 400, "json_malformed")]
    [InlineData("""{"data":"x",}""", 400, "json_malformed")]
    [InlineData("""{"data":"x" /* comment */}""", 400, "json_malformed")]
    [InlineData("\uFEFF{\"data\":\"x\"}", 400, "json_malformed")]
    [InlineData("{}", 400, "data_missing")]
    [InlineData("[]", 400, "data_missing")]
    [InlineData("null", 400, "data_missing")]
    [InlineData("\"text\"", 400, "data_missing")]
    [InlineData("""{"data":1}""", 400, "data_not_text")]
    [InlineData("""{"data":null}""", 400, "data_not_text")]
    [InlineData("""{"data":{"a":1}}""", 400, "data_not_text")]
    [InlineData("""{"data":["x"]}""", 400, "data_not_text")]
    [InlineData("""{"data_base64":7}""", 400, "data_not_text")]
    [InlineData("""{"data":"x","data":"x"}""", 400, "data_twice")]
    [InlineData("""{"data":"x","data_base64":"eA=="}""", 400, "data_twice")]
    [InlineData("""{"data":"x","note":"y"}""", 400, "field_unknown")]
    [InlineData("""{"Data":"x"}""", 400, "field_unknown")]
    [InlineData("""{"data":"\ud800"}""", 400, "text_malformed")]
    [InlineData("""{"data":"\udc00\ud800"}""", 400, "text_malformed")]
    [InlineData("""{"data":"x\ud83d"}""", 400, "text_malformed")]
    [InlineData("""{"data":"\ud83dx"}""", 400, "text_malformed")]
    [InlineData("""{"data_base64":"eA"}""", 400, "base64_malformed")]
    [InlineData("""{"data_base64":"eA="}""", 400, "base64_malformed")]
    [InlineData("""{"data_base64":"e A=="}""", 400, "base64_malformed")]
    [InlineData("""{"data_base64":"eA==\n"}""", 400, "base64_malformed")]
    [InlineData("""{"data_base64":"eB=="}""", 400, "base64_malformed")]
    [InlineData("""{"data_base64":"_-=="}""", 400, "base64_malformed")]
    [InlineData("""{"data_base64":"\ud800"}""", 400, "text_malformed")]
    public async Task Submit_BadJson_IsRefusedByCode(string body, int status, string code) =>
        await (await _gateway.PostJsonAsync("/sequence", "bad", body)).ShouldBeProblemAsync(status, code);

    [Fact]
    public async Task Submit_TextThatIsNotUtf8_IsRefused()
    {
        byte[] body = [.. "{\"data\":\""u8, 0xff, 0xc0, .. "\"}"u8];
        await (await _gateway.PostAsync("/sequence", "bad", body, "application/json"))
            .ShouldBeProblemAsync(400, "text_malformed");
    }

    [Fact]
    public async Task Submit_UnknownField_IsNamed()
    {
        var response = await _gateway.PostJsonAsync("/sequence", "bad", """{"payload":"x"}""");
        (await response.ShouldBeProblemAsync(400, "field_unknown")).Text("detail")
            .Should().Contain("payload");
    }

    [Fact]
    public async Task Submit_DeeplyNestedJson_IsRefused()
    {
        var body = string.Concat(Enumerable.Repeat("[", 100_000));
        await (await _gateway.PostJsonAsync("/sequence", "bad", $$"""{"data":{{body}}"""))
            .ShouldBeProblemAsync(400, "data_not_text");
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("application/x-ndjson")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Submit_OtherContentType_Is415(string contentType) =>
        await (await _gateway.PostAsync("/sequence", "bad", """{"data":"x"}"""u8.ToArray(), contentType))
            .ShouldBeProblemAsync(415, "media_type_unsupported");

    [Fact]
    public async Task Submit_CompressedBody_Is415()
    {
        var request = TestGateway.Request(HttpMethod.Post, "/sequence", _gateway.Tokens.For("bad"));
        request.Content = new ByteArrayContent([1, 2, 3]);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        await (await _gateway.Http.SendAsync(request)).ShouldBeProblemAsync(415, "media_type_unsupported");
    }

    [Fact]
    public async Task Submit_EntryOneByteTooLong_Is413InEachForm()
    {
        var bytes = new byte[Entry.MaxSizeBytes + 1];
        var text = new string('x', bytes.Length);
        var escaped = string.Concat(Enumerable.Repeat("\\u0041", bytes.Length));
        await (await _gateway.PostAsync("/sequence", "bad", bytes, "application/octet-stream"))
            .ShouldBeProblemAsync(413, "entry_too_large");
        await (await _gateway.PostJsonAsync("/sequence", "bad", $$"""{"data":"{{text}}"}"""))
            .ShouldBeProblemAsync(413, "entry_too_large");
        await (await _gateway.PostJsonAsync("/sequence", "bad", $$"""{"data":"{{escaped}}"}"""))
            .ShouldBeProblemAsync(413, "entry_too_large");
        await (await _gateway.PostJsonAsync(
            "/sequence", "bad", $$"""{"data_base64":"{{Convert.ToBase64String(bytes)}}"}"""))
            .ShouldBeProblemAsync(413, "entry_too_large");
    }

    [Fact]
    public async Task Submit_EmptyRawBody_Is400() =>
        await (await _gateway.PostAsync("/sequence", "bad", [], "application/octet-stream"))
            .ShouldBeProblemAsync(400, "body_empty");

    [Theory]
    [InlineData("")]
    [InlineData("has space")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public async Task Submit_BadIdempotencyKey_Is400(string key) =>
        await (await _gateway.PostJsonAsync("/sequence", "bad", """{"data":"x"}""", ("Idempotency-Key", key)))
            .ShouldBeProblemAsync(400, "idempotency_key_malformed");

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("1.0")]
    [InlineData("0x10")]
    [InlineData("%201")]
    [InlineData("18446744073709551616")]
    public async Task Read_IndexThatIsNoNumber_Is400(string index) =>
        await (await _gateway.GetAsync($"/sequence/{index}", "bad")).ShouldBeProblemAsync(
            400, "index_malformed");

    [Theory]
    [InlineData("999999")]
    [InlineData("18446744073709551615")]
    public async Task Read_IndexThatIsNotThere_Is404(string index)
    {
        await _gateway.PostJsonAsync("/sequence", "short", """{"data":"x"}""");
        await (await _gateway.GetAsync($"/sequence/{index}", "short")).ShouldBeProblemAsync(
            404, "index_unknown");
    }

    [Fact]
    public async Task Read_ChainWithoutEntries_Is404() =>
        await (await _gateway.GetAsync("/sequence/0", "never-begun")).ShouldBeProblemAsync(
            404, "index_unknown");

    [Theory]
    [InlineData("bundle=yes")]
    [InlineData("bundle=true&bundle=true")]
    [InlineData("form=hex")]
    public async Task Read_BadQuery_Is400(string query) =>
        await (await _gateway.GetAsync($"/sequence/0?{query}", "short")).ShouldBeProblemAsync(
            400, "query_malformed");

    [Fact]
    public async Task Refusals_AndTheLog_RepeatNeitherPayloadNorTokenNorQuery()
    {
        const string Secret = "s3cr3t-payload";
        var token = _gateway.Tokens.For("bad");
        foreach (var body in new[] { $$"""{"data":"{{Secret}}","{{Secret}} {{Secret}}":1}""",
            $$"""{"data": {{Secret}}}""" })
        {
            var request = TestGateway.Request(HttpMethod.Post, $"/sequence?q={Secret}", token);
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            var response = await _gateway.Http.SendAsync(request);
            (await response.Content.ReadAsStringAsync()).Should().NotContain(Secret).And.NotContain(token);
        }

        var bad = TestGateway.Request(HttpMethod.Get, "/sequence/0", token + Secret);
        (await (await _gateway.Http.SendAsync(bad)).Content.ReadAsStringAsync()).Should().NotContain(Secret);
        _gateway.Log.Text
            .Should().Contain("\"POST\" \"/sequence\" 400").And.NotContain(Secret).And.NotContain(token);
    }
}
