using System.Net;
using System.Text;
using CsCheck;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

[Collection(SharedGatewayGroup.Name)]
public class FeedTests(SharedGateway shared)
{
    private readonly TestGateway _gateway = shared.Gateway;

    [Fact]
    public async Task Events_BeginWithACheckpoint_AndEndWithOneThatCoversTheEntries()
    {
        await SubmitAsync("feed-forms", "first\nline");
        await _gateway.PostAsync("/sequence", "feed-forms", [0xff, 0], "application/octet-stream");
        using var feed = await FeedStream.OpenAsync(_gateway, "feed-forms");

        feed.Response.Content.Headers.ContentType!.ToString().Should().Be("text/event-stream");
        feed.Response.Headers.CacheControl!.NoStore.Should().BeTrue();
        (await feed.LineAsync()).Should().Be("event: checkpoint");
        var start = await feed.NextAsync();
        start!.NextIndex.Should().Be(0);
        start.Consistency.Should().BeEmpty();
        var entries = await feed.TakeEntriesAsync(2);
        entries.Select(entry => entry.Id).Should().Equal("0", "1");
        entries[0].Json.Select(field => field.Key).Should().Equal("idx", "data", "created_at");
        entries[0].Json.Text("data").Should().Be("first\nline");
        entries[1].Json.Select(field => field.Key).Should().Equal("idx", "data_base64", "created_at");
        entries[1].Json.Text("data_base64").Should().Be("/wA=");
        var read = await (await _gateway.GetAsync("/sequence/0", "feed-forms")).JsonAsync();
        entries[0].Json.Text("created_at").Should().Be(read.Text("created_at"));
        var end = await feed.NextAsync();
        end!.Id.Should().Be("1");
        end.NextIndex.Should().Be(2);
        end.Checkpoint.Root.Should().Be(RootOf(entries));
    }

    [Fact]
    public async Task NdJson_ByAccept_IsTheSameInLines()
    {
        await SubmitAsync("feed-lines", "x");
        using var feed = await FeedStream.OpenAsync(
            _gateway, "feed-lines", "?form=base64", ndJson: true);

        feed.Response.Content.Headers.ContentType!.ToString().Should().Be("application/x-ndjson");
        (await feed.NextAsync())!.NextIndex.Should().Be(0);
        (await feed.NextAsync())!.Json.Text("data_base64").Should().Be("eA==");
        (await feed.NextAsync())!.NextIndex.Should().Be(1);
    }

    [Fact]
    public async Task FromNext_ShowsWhereItBegins_AndThenOnlyWhatComes()
    {
        await SubmitAsync("feed-next", "old");
        using var feed = await FeedStream.OpenAsync(_gateway, "feed-next", "?from=next");
        var start = (await feed.NextAsync())!;
        start.NextIndex.Should().Be(1);
        // A browser that loses the connection here comes back with this id, and misses nothing.
        start.Id.Should().Be("0");
        await SubmitAsync("feed-next", "new");
        (await feed.NextEntryAsync()).Json.Text("data").Should().Be("new");
    }

    [Fact]
    public async Task FromBeyondTheEnd_WaitsForThatEntry()
    {
        await SubmitAsync("feed-beyond", "0");
        using var feed = await FeedStream.OpenAsync(_gateway, "feed-beyond", "?from=3");
        for (var i = 1; i <= 4; i++)
            await SubmitAsync("feed-beyond", $"{i}");
        (await feed.TakeEntriesAsync(2)).Select(entry => entry.Index).Should().Equal(3UL, 4UL);
    }

    [Fact]
    public async Task LastEventId_WinsOverFrom()
    {
        for (var i = 0; i < 3; i++)
            await SubmitAsync("feed-resume", $"{i}");
        using var feed = await FeedStream.OpenAsync(_gateway, "feed-resume", "?from=0", lastId: 1);
        var start = (await feed.NextAsync())!;
        start.NextIndex.Should().Be(2);
        // Entries 0 and 1 are the beginning of the three that the checkpoint covers: here is the proof.
        ConsistencyProof.Verify(
            2, RootOf([new("0", new() { ["data"] = "0" }), new("1", new() { ["data"] = "1" })]),
            3, start.Checkpoint.Root, start.Consistency);
        (await feed.NextEntryAsync()).Index.Should().Be(2);
    }

    [Fact]
    public async Task Witnessed_WithoutWitnesses_IsRefused()
    {
        await SubmitAsync("closed", "x");
        await (await _gateway.GetAsync("/log/closed/feed?finality=witnessed", "closed"))
            .ShouldBeProblemAsync(404, "finality_unavailable");
        (await _gateway.GetAsync("/log/closed/feed?finality=enclave&from=01", "closed"))
            .StatusCode.Should().Be(HttpStatusCode.BadRequest, "the finality is taken, and the index is not");
    }

    [Fact]
    public async Task Head_IsAnsweredAndEnds()
    {
        await SubmitAsync("feed-head", "x");
        var head = await _gateway.Http.SendAsync(
            TestGateway.Request(HttpMethod.Head, "/log/feed-head/feed", _gateway.Tokens.For("feed-head")));
        head.StatusCode.Should().Be(HttpStatusCode.OK);
        head.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
    }

    [Theory]
    [InlineData("closed", null, 401, "token_missing")]
    [InlineData("closed", "open", 403, "other_chain")]
    [InlineData("half", null, 401, "token_missing")]
    [InlineData("half", "open", 403, "other_chain")]
    [InlineData("Closed", null, 403, "chain_id_invalid")]
    [InlineData("feed-unknown", "feed-unknown", 404, "chain_unknown")]
    public async Task Access_IsThatOfEntryBundles(string chain, string? tokenChain, int status, string code) =>
        await (await _gateway.GetAsync($"/log/{chain}/feed", tokenChain)).ShouldBeProblemAsync(status, code);

    [Fact]
    public async Task PublicChain_NeedsNoToken()
    {
        await SubmitAsync("open", "x");
        using var answer = await _gateway.Http.GetAsync(
            new Uri("/log/open/feed", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("from=", "index_malformed")]
    [InlineData("from=-1", "index_malformed")]
    [InlineData("from=01", "index_malformed")]
    [InlineData("from=tail", "index_malformed")]
    [InlineData("from=1&from=2", "index_malformed")]
    [InlineData("from=9223372036854775807", "index_malformed")]
    [InlineData("form=hex", "query_malformed")]
    [InlineData("finality=final", "query_malformed")]
    public async Task QuestionThatMakesNoSense_Is400(string query, string code)
    {
        await SubmitAsync("closed", "x");
        await (await _gateway.GetAsync($"/log/closed/feed?{query}", "closed")).ShouldBeProblemAsync(400, code);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("18446744073709551615")]
    public async Task LastEventIdThatIsNoIndex_Is400(string id)
    {
        await SubmitAsync("closed", "x");
        var request = TestGateway.Request(HttpMethod.Get, "/log/closed/feed", _gateway.Tokens.For("closed"));
        request.Headers.TryAddWithoutValidation("Last-Event-ID", id);
        await (await _gateway.Http.SendAsync(request)).ShouldBeProblemAsync(400, "index_malformed");
    }

    [Fact]
    public async Task SplitAnywhere_IsTheSameSequence()
    {
        const int Count = 600;
        // Entries of up to 20 kB: blocks end in many places, and checkpoints come between.
        var random = new Random(1);
        var entries = Enumerable.Range(0, Count).Select(_ => Bytes(random, random.Next(3) == 0 ? 20_000 : 50));
        await SubmitBatchAsync("feed-split", entries);
        using var whole = await FeedStream.OpenAsync(_gateway, "feed-split");
        var all = await whole.TakeEntriesAsync(Count);
        all.Select(entry => entry.Index).Should().Equal(Enumerable.Range(0, Count).Select(i => (ulong)i));

        await Gen.Int[0, Count - 2].SampleAsync(async cut =>
        {
            using var head = await FeedStream.OpenAsync(_gateway, "feed-split");
            var before = await head.TakeEntriesAsync(cut + 1);
            using var tail = await FeedStream.OpenAsync(_gateway, "feed-split", lastId: (ulong)cut);
            var after = await tail.TakeEntriesAsync(Count - cut - 1);
            return before.Concat(after).Select(entry => entry.Json.ToJsonString())
                .SequenceEqual(all.Select(entry => entry.Json.ToJsonString()));
        }, iter: 25);
    }

    private static Tlog.Hash RootOf(IEnumerable<FeedEvent> entries)
    {
        var range = new CompactRange();
        foreach (var entry in entries)
            range.Append(MerkleHash.Leaf(entry.Data));
        return range.Root();
    }

    private static byte[] Bytes(Random random, int lengthMax)
    {
        var bytes = new byte[random.Next(lengthMax)];
        random.NextBytes(bytes);
        return bytes;
    }

    private async Task SubmitAsync(string chain, string text) =>
        await (await _gateway.PostAsync(
            "/sequence", chain, Encoding.UTF8.GetBytes(text), "application/octet-stream")).JsonAsync();

    private async Task SubmitBatchAsync(string chain, IEnumerable<byte[]> entries)
    {
        var lines = string.Concat(entries.Select(
            entry => $$"""{"data_base64":"{{Convert.ToBase64String(entry)}}"}""" + "\n"));
        await (await _gateway.PostAsync(
            "/sequence/batch", chain, Encoding.UTF8.GetBytes(lines), "application/x-ndjson")).JsonAsync();
    }
}
