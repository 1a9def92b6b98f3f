using System.Globalization;
using System.Text;
using Sequencer.Tlog;
using Xunit.Abstractions;

namespace Sequencer.Gateway.Tests;

/// <summary>Feeds that go from history into what is being appended meanwhile.</summary>
[Collection(SharedGatewayGroup.Name)]
public class LiveFeedTests(SharedGateway shared, ITestOutputHelper output)
{
    private const string Chain = "feed-live";
    private const int Writers = 4;
    private const int BatchesEach = 40;
    private const int Readers = 12;

    private readonly TestGateway _gateway = shared.Gateway;

    private static int Seed => int.Parse(
        Environment.GetEnvironmentVariable("FEED_SEED") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public async Task HistoryIntoTheLiveTail_HasNoGapAndNoRepeat_AndEveryCheckpointHolds()
    {
        output.WriteLine($"FEED_SEED={Seed}");
        var random = new Random(Seed);
        await WriteAsync(random.Next(), batches: 3);
        var writers = Enumerable.Range(0, Writers).Select(_ => WriteAsync(random.Next(), BatchesEach)).ToList();
        var readers = Enumerable.Range(0, Readers).Select(i => FollowAsync(random.Next(), ndJson: i % 2 == 0));
        var reading = Task.WhenAll(readers.ToList());
        await Task.WhenAll(writers);
        // The last of all: readers go on until they have it.
        await SubmitAsync([1, 2, 3, 4]);
        await reading;
    }

    private async Task WriteAsync(int seed, int batches)
    {
        var random = new Random(seed);
        for (var batch = 0; batch < batches; batch++)
        {
            var size = random.Next(1, 60);
            await SubmitAsync([.. Enumerable.Range(0, size).Select(_ => (byte)random.Next(5, 256))]);
        }
    }

    /// <summary>One entry for each byte; 4 is the last.</summary>
    private async Task SubmitAsync(byte[] bytes)
    {
        var lines = string.Concat(bytes.Select(
            value => $$"""{"data_base64":"{{Convert.ToBase64String([value])}}"}""" + "\n"));
        await (await _gateway.PostAsync(
            "/sequence/batch", Chain, Encoding.UTF8.GetBytes(lines), "application/x-ndjson")).JsonAsync();
    }

    /// <summary>Follows from the beginning, leaving at random places and going on where it left.</summary>
    private async Task FollowAsync(int seed, bool ndJson)
    {
        var random = new Random(seed);
        var range = new CompactRange();
        while (true)
        {
            using var feed = await FeedStream.OpenAsync(
                _gateway, Chain, lastId: range.Size == 0 ? null : range.Size - 1, ndJson: ndJson);
            for (var events = random.Next(1, 2000); events > 0; events--)
            {
                var next = (await feed.NextAsync())!;
                if (!next.IsEntry)
                {
                    next.NextIndex.Should().Be(range.Size);
                    ConsistencyProof.Verify(
                        range.Size, range.Root(), next.Checkpoint.Size, next.Checkpoint.Root, next.Consistency);
                    continue;
                }

                next.Index.Should().Be(range.Size);
                range.Append(MerkleHash.Leaf(next.Data));
                if (next.Data is [4])
                    return;
            }
        }
    }
}
