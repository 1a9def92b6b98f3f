using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

[Collection(SharedGatewayGroup.Name)]
public class SequenceTests(SharedGateway shared)
{
    private readonly TestGateway _gateway = shared.Gateway;

    [Theory]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("quotes \" and \\ and \n and \u0000 and \u001f")]
    [InlineData("grüße, 世界, 🌍, <&'+>")]
    public async Task Submit_Text_ComesBackWithAReceiptForItsUtf8(string text)
    {
        var body = new JsonObject { ["data"] = text }.ToJsonString();
        var answer = await (await _gateway.PostJsonAsync("/sequence", "text", body)).JsonAsync();
        answer.Text("data").Should().Be(text);
        answer.Text("created_at")
            .Should().MatchRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$");
        answer.Text("attestation").ShouldProve(
            _gateway, "text", answer.Number("idx"), Encoding.UTF8.GetBytes(text));
        answer.Select(field => field.Key).Should().Equal("idx", "data", "attestation", "created_at");
    }

    [Fact]
    public async Task Submit_Base64_ComesBackAsBase64()
    {
        var bytes = new byte[] { 0xff, 0xfe, 0, 1, 2 };
        var body = new JsonObject { ["data_base64"] = Convert.ToBase64String(bytes) }.ToJsonString();
        var answer = await (await _gateway.PostJsonAsync("/sequence", "base64", body)).JsonAsync();
        answer.Text("data_base64").Should().Be(Convert.ToBase64String(bytes));
        answer.ContainsKey("data").Should().BeFalse();
        answer.Text("attestation").ShouldProve(_gateway, "base64", answer.Number("idx"), bytes);
    }

    [Fact]
    public async Task Submit_LargestRawEntry_IsTaken()
    {
        var bytes = new byte[Entry.MaxSizeBytes];
        new Random(1).NextBytes(bytes);
        var response = await _gateway.PostAsync("/sequence", "raw", bytes, "application/octet-stream");
        var answer = await response.JsonAsync();
        answer.Text("data_base64").Should().Be(Convert.ToBase64String(bytes));
        answer.Text("attestation").ShouldProve(_gateway, "raw", answer.Number("idx"), bytes);
    }

    [Fact]
    public async Task Submit_LargestTextWithEveryByteEscaped_IsTaken()
    {
        var escaped = string.Concat(Enumerable.Repeat("\\u0041", Entry.MaxSizeBytes));
        var answer = await (
            await _gateway.PostJsonAsync("/sequence", "escaped", $$"""{"data":"{{escaped}}"}""")).JsonAsync();
        answer.Text("data").Should().Be(new string('A', Entry.MaxSizeBytes));
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/json;charset=\"UTF-8\"")]
    public async Task Submit_ContentTypeInAnotherSpelling_IsTaken(string contentType)
    {
        var response = await _gateway.PostAsync(
            "/sequence", "types", """{"data":"x"}"""u8.ToArray(), contentType);
        await response.JsonAsync();
    }

    [Fact]
    public async Task Submit_PreferMinimal_AnswersIndexAndLeafHash()
    {
        var response = await _gateway.PostJsonAsync(
            "/sequence", "minimal", """{"data":"x"}""", ("Prefer", "wait=5, return=minimal"));
        response.Headers.GetValues("Preference-Applied").Should().Equal("return=minimal");
        var answer = await response.JsonAsync();
        answer.Select(field => field.Key).Should().Equal("idx", "leaf_hash");
        answer.Text("leaf_hash").Should().Be(MerkleHash.Leaf("x"u8).ToString());
    }

    [Theory]
    [InlineData("return=minimal", true)]
    [InlineData("Return = \"minimal\"; a=b", true)]
    [InlineData("a=\"x\\\", y\", return=minimal, return=representation", true)]
    [InlineData("return=representation, return=minimal", false)]
    [InlineData("handling=\"lenient, return=minimal\"", false)]
    [InlineData("return=minimal2", false)]
    [InlineData("return", false)]
    [InlineData("a=\"", false)]
    public async Task Submit_Prefer_IsReadAsRfc7240Says(string prefer, bool minimal)
    {
        var response = await _gateway.PostJsonAsync(
            "/sequence", "minimal", """{"data":"x"}""", ("Prefer", prefer));
        (await response.JsonAsync()).ContainsKey("leaf_hash").Should().Be(minimal);
    }

    /// <summary>It is all that tells a client that its receipt is not a witnessed one.</summary>
    [Theory]
    [InlineData("finality=enclave", true)]
    [InlineData("finality=witnessed", false)]
    public async Task Submit_FinalityWithoutWitnesses_IsConfirmedOnlyWhereItIsGiven(string prefer, bool given)
    {
        var response = await _gateway.PostJsonAsync(
            "/sequence", "finality", """{"data":"x"}""", ("Prefer", prefer));
        response.IsSuccessStatusCode.Should().BeTrue();
        response.Headers.TryGetValues("Preference-Applied", out var applied);
        (applied ?? []).Should().Equal(given ? [prefer] : Array.Empty<string>());
    }

    [Fact]
    public async Task Submit_SameIdempotencyKey_GetsTheSameIndexOnceMore()
    {
        var first = await (await SubmitWithKeyAsync("""{"data":"x"}""")).JsonAsync();
        await _gateway.PostJsonAsync("/sequence", "keys", """{"data":"between"}""");
        var again = await (await SubmitWithKeyAsync("""{"data_base64":"eA=="}""")).JsonAsync();
        again.Number("idx").Should().Be(first.Number("idx"));
        again.Text("created_at").Should().Be(first.Text("created_at"));
        again.Text("attestation").ShouldProve(_gateway, "keys", again.Number("idx"), "x"u8);
        await (await SubmitWithKeyAsync("""{"data":"y"}""")).ShouldBeProblemAsync(
            422, "idempotency_mismatch");
    }

    [Fact]
    public async Task Submit_ToAChainOfUniqueEntries_GetsTheFirstIndex()
    {
        var first = await (
            await _gateway.PostJsonAsync("/sequence", "single", """{"data":"x"}""")).JsonAsync();
        await _gateway.PostJsonAsync("/sequence", "single", """{"data":"y"}""");
        var again = await (
            await _gateway.PostJsonAsync("/sequence", "single", """{"data":"x"}""")).JsonAsync();
        again.Number("idx").Should().Be(first.Number("idx"));
        var batch = await _gateway.PostJsonAsync("/sequence/batch", "single", """["new","x"]""");
        (await batch.ShouldBeProblemAsync(409, "duplicate_entry"))["position"]!.GetValue<int>()
            .Should().Be(1);
    }

    [Fact]
    public async Task Submit_ReadAndWriteScope_MayAppend()
    {
        var request = TestGateway.Request(
            HttpMethod.Post, "/sequence", _gateway.Tokens.For("scopes", scope: "openid read write"));
        request.Content = JsonContent.Create(JsonNode.Parse("""{"data":"x"}"""), TestJson.Default.JsonNode);
        await (await _gateway.Http.SendAsync(request)).JsonAsync();
    }

    [Fact]
    public async Task Read_TextAndBytes_ComeBackInTheFormThatFits()
    {
        var text = await (await _gateway.PostJsonAsync("/sequence", "read", """{"data":"ö"}""")).JsonAsync();
        var bytes = await (await _gateway.PostAsync(
            "/sequence", "read", [0xff, 1], "application/octet-stream")).JsonAsync();

        var first = await (await _gateway.GetAsync($"/sequence/{text.Number("idx")}", "read")).JsonAsync();
        first.Text("data").Should().Be("ö");
        first.Text("created_at").Should().Be(text.Text("created_at"));
        var proof = first.Text("attestation").ShouldProve(_gateway, "read", text.Number("idx"), "ö"u8);
        proof.Extra.Should().BeNull();
        var second = await (await _gateway.GetAsync($"/sequence/{bytes.Number("idx")}", "read")).JsonAsync();
        second.Text("data_base64").Should().Be("/wE=");
        var forced = await (
            await _gateway.GetAsync($"/sequence/{text.Number("idx")}?form=base64", "read")).JsonAsync();
        forced.Text("data_base64").Should().Be("w7Y=");
    }

    [Fact]
    public async Task Read_Bundle_CarriesTheAttestationDocument()
    {
        var sent = await (
            await _gateway.PostJsonAsync("/sequence", "bundle", """{"data":"x"}""")).JsonAsync();
        var response = await _gateway.GetAsync($"/sequence/{sent.Number("idx")}?bundle=true", "bundle");
        var answer = await response.JsonAsync();
        var proof = answer.Text("attestation").ShouldProve(_gateway, "bundle", sent.Number("idx"), "x"u8);
        proof.Extra!.Value.Length.Should().BeGreaterThan(1000);
        response.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    [Fact]
    public async Task Read_ReadOnlyToken_IsEnough()
    {
        await _gateway.PostJsonAsync("/sequence", "scopes", """{"data":"x"}""");
        var request = TestGateway.Request(
            HttpMethod.Get, "/sequence/0", _gateway.Tokens.For("scopes", scope: "read"));
        await (await _gateway.Http.SendAsync(request)).JsonAsync();
    }

    private Task<HttpResponseMessage> SubmitWithKeyAsync(string json) =>
        _gateway.PostJsonAsync("/sequence", "keys", json, ("Idempotency-Key", "\"key-1\""));
}
