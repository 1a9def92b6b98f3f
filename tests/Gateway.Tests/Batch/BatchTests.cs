using System.Text;
using System.Text.Json.Nodes;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

[Collection(SharedGatewayGroup.Name)]
public class BatchTests(SharedGateway shared)
{
    private const string NdJson = "application/x-ndjson";
    private readonly TestGateway _gateway = shared.Gateway;

    [Theory]
    [InlineData("application/json", """["a",{"data":"b"},{"data_base64":"Yw=="}]""")]
    [InlineData("application/json", " [ \"a\" ,\n{\"data\":\"b\"}\t, {\"data_base64\" : \"Yw==\"} ] \r\n")]
    [InlineData(NdJson, "\"a\"\n{\"data\":\"b\"}\n{\"data_base64\":\"Yw==\"}\n")]
    [InlineData(NdJson, "\n\n\"a\"\r\n{\"data\":\"b\"}\r\n\r\n{\"data_base64\":\"Yw==\"}")]
    public async Task Batch_InEachFormat_TakesConsecutiveIndices(string contentType, string body)
    {
        var answer = await (await PostAsync(body, contentType)).JsonAsync();
        answer.Select(field => field.Key).Should().Equal("first_idx", "count", "checkpoint", "created_at");
        answer["count"]!.GetValue<int>().Should().Be(3);
        foreach (var (offset, text) in new[] { "a", "b", "c" }.Index())
        {
            var index = answer.Number("first_idx") + (ulong)offset;
            var entry = await (await _gateway.GetAsync($"/sequence/{index}", "batch")).JsonAsync();
            entry.Text("data").Should().Be(text);
        }
    }

    [Theory]
    [InlineData("/sequence/batch?receipts=true", null)]
    [InlineData("/sequence/batch", NdJson)]
    public async Task Batch_ReceiptsAskedFor_ComeOneALine(string path, string? accept)
    {
        const int Count = 100;
        var lines = string.Concat(Enumerable.Range(0, Count).Select(i => $"\"entry {i}\"\n"));
        var headers = accept is null ? Array.Empty<(string, string)>() : [("Accept", accept)];
        var response = await _gateway.PostAsync(
            path, "receipts", Encoding.UTF8.GetBytes(lines), NdJson, headers);
        response.Content.Headers.ContentType!.MediaType.Should().Be(NdJson);
        var answer = (await response.Content.ReadAsStringAsync()).Split(
            '\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        answer.Should().HaveCount(Count + 1);
        var first = answer[0].Number("first_idx");
        for (var i = 0; i < Count; i++)
        {
            answer[i + 1].Number("idx").Should().Be(first + (ulong)i);
            answer[i + 1].Text("attestation").ShouldProve(
                _gateway, "receipts", first + (ulong)i, Encoding.UTF8.GetBytes($"entry {i}"));
        }
    }

    [Theory]
    [InlineData("application/x-ndjson;q=0", "application/json")]
    [InlineData("application/json, application/x-ndjson;q=0.0, */*", "application/json")]
    [InlineData("application/json, Application/X-NDJSON;q=0.1", NdJson)]
    public async Task Batch_Accept_SaysWhetherReceiptsCome(string accept, string type)
    {
        var response = await _gateway.PostAsync(
            "/sequence/batch", "receipts", "\"a\"\n"u8.ToArray(), NdJson, ("Accept", accept));
        response.Content.Headers.ContentType!.MediaType.Should().Be(type);
    }

    [Fact]
    public async Task Batch_SameIdempotencyKey_GetsTheSameIndices()
    {
        var first = await (await PostAsync("""["k1","k2"]""", "application/json", "batch-key")).JsonAsync();
        var again = await (await PostAsync("\"k1\"\n\"k2\"\n", NdJson, "batch-key")).JsonAsync();
        again.Number("first_idx").Should().Be(first.Number("first_idx"));
        await (await PostAsync("""["k1","k3"]""", "application/json", "batch-key"))
            .ShouldBeProblemAsync(422, "idempotency_mismatch");
    }

    [Theory]
    [InlineData("application/json", "", 400, "body_empty", null)]
    [InlineData("application/json", "[]", 400, "batch_empty", null)]
    [InlineData("application/json", "[\"a\"", 400, "json_malformed", 1)]
    [InlineData("application/json", "[\"a\",]", 400, "json_malformed", 1)]
    [InlineData("application/json", "[\"a\"]]", 400, "json_malformed", 1)]
    [InlineData("application/json", "[\"a\"] \"b\"", 400, "json_malformed", 1)]
    [InlineData("application/json", "\"a\"", 400, "json_malformed", 0)]
    [InlineData("application/json", "{\"data\":\"a\"}", 400, "json_malformed", 0)]
    [InlineData("application/json", "[\"a\" \"b\"]", 400, "json_malformed", 1)]
    [InlineData("application/json", "[\"a\",1]", 400, "data_not_text", 1)]
    [InlineData("application/json", "[\"a\",[\"b\"]]", 400, "data_not_text", 1)]
    [InlineData("application/json", "[\"a\",{}]", 400, "data_missing", 1)]
    [InlineData("application/json", "[\"a\",\"\\ud800\"]", 400, "text_malformed", 1)]
    [InlineData(NdJson, "", 400, "body_empty", null)]
    [InlineData(NdJson, "\n\n", 400, "batch_empty", null)]
    [InlineData(NdJson, "\"a\"\n\"b\" \"c\"\n", 400, "json_malformed", 1)]
    [InlineData(NdJson, "\"a\"\n{\"data\":\n\"b\"}\n", 400, "json_malformed", 1)]
    [InlineData(NdJson, "\"a\"\n   \n", 400, "json_malformed", 1)]
    [InlineData(NdJson, "\"a\"\n{\"data\":1}\n", 400, "data_not_text", 1)]
    [InlineData(NdJson, "\"a\"\n{\"data_base64\":\"!\"}\n", 400, "base64_malformed", 1)]
    [InlineData("application/octet-stream", "a", 415, "media_type_unsupported", null)]
    [InlineData("text/plain", "\"a\"", 415, "media_type_unsupported", null)]
    public async Task Batch_BadBody_IsRefusedWhole(
        string contentType, string body, int status, string code, int? position)
    {
        var response = await _gateway.PostAsync(
            "/sequence/batch", "none-of-it", Encoding.UTF8.GetBytes(body), contentType);
        var problem = await response.ShouldBeProblemAsync(status, code);
        problem["position"]?.GetValue<int>().Should().Be(position);
        await (await _gateway.GetAsync("/sequence/0", "none-of-it")).ShouldBeProblemAsync(
            404, "index_unknown");
    }

    [Theory]
    [InlineData("[\"{0}\"]", "application/json")]
    [InlineData("\"{0}\"\n", NdJson)]
    public async Task Batch_EntryOneByteTooLong_Is413(string form, string contentType)
    {
        var body = form.Replace("{0}", new string('x', Entry.MaxSizeBytes + 1), StringComparison.Ordinal);
        await (await PostAsync(body, contentType)).ShouldBeProblemAsync(413, "entry_too_large");
    }

    [Fact]
    public async Task Batch_EntryThatDoesNotEnd_Is413BeforeTheBodyLimit()
    {
        using var client = await RawHttp.ConnectAsync(_gateway.Address);
        await RawHttp.SendAsync(client,
            "POST /sequence/batch HTTP/1.1\r\nHost: x\r\n"
            + $"Authorization: Bearer {_gateway.Tokens.For("batch")}\r\n"
            + $"Content-Type: {NdJson}\r\nContent-Length: 8000000\r\n\r\n\"" + new string('x', 1024 * 1024));
        (await RawHttp.ReadToEndAsync(client))
            .Should().StartWith("HTTP/1.1 413").And.Contain("entry_too_large");
    }

    [Fact]
    public async Task Batch_BadReceiptsQuery_Is400() =>
        await (await _gateway.PostJsonAsync("/sequence/batch?receipts=1", "batch", "[\"a\"]"))
            .ShouldBeProblemAsync(400, "query_malformed");

    private Task<HttpResponseMessage> PostAsync(string body, string contentType, string? key = null) =>
        _gateway.PostAsync("/sequence/batch", "batch", Encoding.UTF8.GetBytes(body), contentType,
            key is null ? [] : [("Idempotency-Key", key)]);
}
