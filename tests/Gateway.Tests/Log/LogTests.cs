using System.Net;
using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

[Collection(SharedGatewayGroup.Name)]
public class LogTests(SharedGateway shared)
{
    private readonly TestGateway _gateway = shared.Gateway;

    [Fact]
    public async Task PublicChain_IsReadableByAStockClient()
    {
        await AppendAsync("open", 3);
        var response = await _gateway.GetAsync("/log/open/checkpoint");
        response.Content.Headers.ContentType!.ToString().Should().Be("text/plain; charset=utf-8");
        response.Headers.CacheControl!.NoCache.Should().BeTrue();
        var note = SignedNote.Parse(await response.Content.ReadAsByteArrayAsync());
        var checkpoint = Checkpoint.Parse(note.Text);
        var width = (int)checkpoint.Size;

        var tile = await _gateway.GetAsync($"/log/open/tile/0/000.p/{width}");
        tile.Content.Headers.ContentType!.ToString().Should().Be("application/octet-stream");
        tile.Headers.CacheControl!.ToString().Should().Be("public, max-age=31536000, immutable");
        var hashes = await tile.Content.ReadAsByteArrayAsync();
        hashes.Should().HaveCount(width * Hash.SizeBytes);
        var bundle = await _gateway.GetAsync($"/log/open/tile/entries/000.p/{width}");
        var entries = EntryBundle.Parse(await bundle.Content.ReadAsByteArrayAsync(), width);
        for (var i = 0; i < width; i++)
            MerkleHash.Leaf(entries[i].Span)
                .Should().Be(Hash.Read(hashes.AsSpan(i * Hash.SizeBytes, Hash.SizeBytes)));
    }

    [Fact]
    public async Task Epochs_NeedNoToken_AndNameKeysAndDocument()
    {
        await AppendAsync("closed", 1);
        var answer = await (await _gateway.GetAsync("/log/closed/epochs")).JsonAsync();
        answer.Text("origin").Should().Be("127.0.0.1:5000/log/closed");
        VerifierKey.Parse(answer.Text("log_key")).Name.Should().Be("127.0.0.1:5000/log/closed");
        var epoch = answer["epochs"]!.AsArray().Single()!.AsObject();
        epoch.Select(field => field.Key).Should()
            .Equal("start_size", "key", "cosigner", "attestation_document", "handover");
        epoch.Number("start_size").Should().Be(0);
        VerifierKey.Parse(epoch.Text("key")).Name.Should().Be(epoch.Text("cosigner"));
        Convert.FromBase64String(epoch.Text("attestation_document")).Should().NotBeEmpty();
        epoch["handover"].Should().BeNull();
    }

    public static TheoryData<string, string, string?, int, string> Access => new()
    {
        // chain, path, the chain of the token, status, code
        { "closed", "checkpoint", null, 401, "token_missing" },
        { "closed", "tile/0/000.p/1", null, 401, "token_missing" },
        { "closed", "tile/entries/000.p/1", null, 401, "token_missing" },
        { "closed", "tile/entries/000.p/1", "open", 403, "other_chain" },
        { "closed", "checkpoint", "open", 403, "other_chain" },
        { "closed", "checkpoint", "closed", 200, "" },
        { "closed", "tile/entries/000.p/1", "closed", 200, "" },
        { "half", "checkpoint", null, 200, "" },
        { "half", "tile/0/000.p/1", null, 200, "" },
        { "half", "tile/entries/000.p/1", null, 401, "token_missing" },
        { "half", "tile/entries/000.p/1", "open", 403, "other_chain" },
        { "half", "tile/entries/000.p/1", "half", 200, "" },
        { "open", "tile/entries/000.p/1", null, 200, "" },
        { "open", "tile/entries/000.p/1", "half", 200, "" },
    };

    [Theory]
    [MemberData(nameof(Access))]
    public async Task Access_FollowsChainAndToken(
        string chain, string path, string? tokenChain, int status, string code)
    {
        await AppendAsync(chain, 1);
        var response = await _gateway.GetAsync($"/log/{chain}/{path}", tokenChain);
        if (status != 200)
        {
            await response.ShouldBeProblemAsync(status, code);
            return;
        }

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        if (tokenChain is not null && path.StartsWith("tile", StringComparison.Ordinal))
            response.Headers.CacheControl!.Private.Should().BeTrue();
    }

    [Fact]
    public async Task BadTokenOnAPublicChain_Is401()
    {
        await AppendAsync("open", 1);
        var request = TestGateway.Request(HttpMethod.Get, "/log/open/checkpoint", "nonsense");
        await (await _gateway.Http.SendAsync(request)).ShouldBeProblemAsync(401, "token_malformed");
    }

    [Theory]
    [InlineData("tile")]
    [InlineData("tile/")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/8/000")]
    [InlineData("tile/0/x000/000")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/entries/000.p/")]
    [InlineData("tile/x/000")]
    [InlineData("tile/0/000/")]
    [InlineData("tile/0/000.p%2f1")]
    public async Task TilePathInAnyOtherSpelling_Is400(string path)
    {
        await AppendAsync("open", 1);
        await (await _gateway.GetAsync($"/log/open/{path}", "open")).ShouldBeProblemAsync(
            400, "path_malformed");
    }

    [Theory]
    [InlineData("tile/0/000")]
    [InlineData("tile/0/001.p/1")]
    [InlineData("tile/1/000.p/1")]
    [InlineData("tile/entries/x001/000")]
    public async Task TileThatIsNotThere_Is404(string path)
    {
        await AppendAsync("tiny", 1);
        await (await _gateway.GetAsync($"/log/tiny/{path}", "tiny")).ShouldBeProblemAsync(
            404, "tile_unknown");
    }

    [Fact]
    public async Task UnknownChain_Is404()
    {
        await (await _gateway.GetAsync("/log/unknown/checkpoint", "unknown")).ShouldBeProblemAsync(
            404, "chain_unknown");
        await (await _gateway.GetAsync("/log/unknown/epochs")).ShouldBeProblemAsync(404, "chain_unknown");
        await (await _gateway.GetAsync("/log/unknown/tile/0/000", "unknown")).ShouldBeProblemAsync(
            404, "tile_unknown");
    }

    [Theory]
    [InlineData("Demo")]
    [InlineData("%2e%2e%2fdemo")]
    [InlineData("..%2fdemo")]
    [InlineData("%252e%252e")]
    [InlineData("demo%00")]
    [InlineData("-x")]
    [InlineData("d%C3%A9mo")]
    public async Task ChainOutsideTheRule_Is403(string chain)
    {
        foreach (var path in new[] { "checkpoint", "epochs", "tile/0/000" })
        {
            var answer = await RawHttp.ExchangeAsync(
                _gateway.Address,
                $"GET /log/{chain}/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            if (chain.EndsWith("%00", StringComparison.Ordinal))
                answer.Should().StartWith("HTTP/1.1 400");
            else
                answer.Should().StartWith("HTTP/1.1 403").And.Contain("\"chain_id_invalid\"");
        }
    }

    private async Task AppendAsync(string chain, int count)
    {
        var lines = string.Concat(Enumerable.Range(0, count).Select(i => $"\"{i}\"\n"));
        var response = await _gateway.PostAsync(
            "/sequence/batch", chain, Encoding.UTF8.GetBytes(lines), "application/x-ndjson");
        await response.JsonAsync();
    }
}
