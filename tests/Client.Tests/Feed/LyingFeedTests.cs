using Sequencer.Attestation;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Tlog;
using static Sequencer.Client.Tests.Fixtures.FeedGateway;

namespace Sequencer.Client.Tests.Feed;

/// <summary>Each lie of a gateway is named, and no entry is given out for it.</summary>
public sealed class LyingFeedTests : IDisposable
{
    private readonly TestLog _log = new(60);
    private readonly TestLog _stranger = new(60);

    public void Dispose()
    {
        _log.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public Task ChangedEntry_IsARootMismatch() => CatchAsync(FeedError.RootMismatch,
        [.. Range(20, 29), Entry(29, "entry X"u8.ToArray()), .. Range(30, 40), Checkpoint(_log, 40, 60)]);

    [Fact]
    public Task ExchangedEntries_IsARootMismatch() => CatchAsync(FeedError.RootMismatch,
        [Entry(20, TestLog.Entry(21)), Entry(21, TestLog.Entry(20)), Checkpoint(_log, 22, 22)]);

    [Fact]
    public Task SkippedEntry_IsOutOfOrder() => CatchAsync(FeedError.OutOfOrder,
        [.. Range(20, 29), .. Range(30, 41), Checkpoint(_log, 40, 60)]);

    [Fact]
    public Task SkippedEntry_Renumbered_IsARootMismatch() => CatchAsync(FeedError.RootMismatch,
        [.. Range(20, 29), Entry(29, TestLog.Entry(30)), Checkpoint(_log, 30, 60)]);

    [Fact]
    public Task RepeatedEntry_IsOutOfOrder() => CatchAsync(FeedError.OutOfOrder, [Entry(20), Entry(20)]);

    [Fact]
    public Task ReorderedEntries_IsOutOfOrder() => CatchAsync(FeedError.OutOfOrder, [Entry(21), Entry(20)]);

    [Fact]
    public Task CheckpointAtAnotherIndex_IsOutOfOrder() => CatchAsync(FeedError.OutOfOrder,
        [Entry(20), Checkpoint(_log, 20, 60)]);

    [Fact]
    public Task CheckpointThatCoversLess_IsARootMismatch() => CatchAsync(FeedError.RootMismatch,
        [.. Range(20, 30), Checkpoint(30, _log.NoteAt(25), [])]);

    [Fact]
    public Task ProofOfAnotherSize_IsARootMismatch() => CatchAsync(FeedError.RootMismatch,
        [.. Range(20, 30), Checkpoint(30, _log.NoteAt(60), Proof(_log, 29, 60))]);

    [Fact]
    public Task CheckpointWithAnotherRoot_IsNotTrusted() => CatchAsync(FeedError.CheckpointNotTrusted,
        [Entry(20), Checkpoint(21, _log.NoteAt(21).Replace("\n21\n", "\n22\n", StringComparison.Ordinal), [])]);

    [Fact]
    public Task CheckpointThatTheEnclaveDidNotSign_IsNotTrusted() => CatchAsync(FeedError.CheckpointNotTrusted,
        [Entry(20), Checkpoint(21, _log.Sign(_log.CheckpointAt(21), enclave: null, TestLog.Time), [])]);

    [Fact]
    public Task CheckpointByAnEnclaveOfAnotherRoot_IsNotTrusted() => CatchAsync(FeedError.CheckpointNotTrusted,
        [
            Entry(20),
            Checkpoint(21, _log.Sign(
                _log.CheckpointAt(21), new TestEnclave(_stranger.Root, TestLog.Clock, 99), TestLog.Time), []),
        ]);

    [Fact]
    public async Task CheckpointByAnImageThatIsNotAccepted_NamesTheRule()
    {
        var pcr = Enumerable.Repeat((byte)7, AttestationDocument.PcrSize).ToArray();
        var images = new AcceptedImages(new ImageMeasurement(pcr, pcr, pcr));
        var gateway = new FeedGateway(_log, [Checkpoint(_log, 0, 60)]);
        var (_, failure) = await DrainAsync(
            gateway.Follow(enclaves: new EnclaveVerifier(images, _log.Root.Trusted)).FollowAsync());

        var refused = failure.Should().BeOfType<FeedException>().Subject;
        refused.Error.Should().Be(FeedError.CheckpointNotTrusted);
        refused.Message.Should().Contain("not cosigned by an accepted enclave")
            .And.Contain("PCR0, PCR1 and PCR2 must all match");
    }

    [Fact]
    public async Task CheckpointUnderASimulatedRootThatWasNotGiven_NamesTheRule()
    {
        var gateway = new FeedGateway(_log, [Checkpoint(_log, 0, 60)]);
        var (_, failure) = await DrainAsync(
            gateway.Follow(enclaves: new EnclaveVerifier(TestLog.Images)).FollowAsync());

        failure.Message.Should().Contain("not the pinned root");
    }

    [Fact]
    public Task CheckpointOfAnotherLog_IsNotTrusted() => CatchAsync(FeedError.CheckpointNotTrusted,
        [
            Entry(20),
            Checkpoint(21, _log.Sign(
                _log.CheckpointAt(21) with { Origin = "sequencer.example/log/other" }, _log.Enclave, TestLog.Time),
                []),
        ]);

    [Theory]
    [InlineData("nothing")]
    [InlineData("{}")]
    [InlineData("""{"idx": 20}""")]
    [InlineData("""{"idx": 20, "data_base64": "?", "created_at": "2026-11-22T19:00:00Z"}""")]
    [InlineData("""{"next_idx": 20, "checkpoint": "x"}""")]
    public Task LineOfAnotherForm_IsMalformed(string line) => CatchAsync(FeedError.Malformed, [line]);

    [Fact]
    public async Task EntriesWithoutACheckpoint_AreBounded()
    {
        var options = new FeedOptions { UnverifiedBytesMax = 100 };
        var (entries, failure) = await DrainAsync(
            new FeedGateway(_log, [.. Range(0, 60)]).Follow(options: options).FollowAsync());
        entries.Should().BeEmpty();
        failure.Should().BeOfType<FeedException>().Which.Error.Should().Be(FeedError.NotCovered);
    }

    [Fact]
    public async Task EmptyEntriesWithoutACheckpoint_AreBoundedToo()
    {
        const int held = 40;
        var options = new FeedOptions { UnverifiedBytesMax = held * HeldEntries.EntryCostBytes };
        string[] empty = [.. Enumerable.Range(0, held + 1).Select(index => Entry(index, []))];
        var (_, failure) = await DrainAsync(
            new FeedGateway(_log, empty).Follow(options: options).FollowAsync());
        failure.Should().BeOfType<FeedException>().Which.Error.Should().Be(FeedError.NotCovered);

        (_, failure) = await DrainAsync(
            new FeedGateway(_log, empty[..held]).Follow(options: options).FollowAsync());
        failure.Should().BeOfType<SequencerClientException>("as many as fit are waited for");
    }

    [Fact]
    public async Task TwoSignedRootsOfOneSize_AreAForkWithBothAsEvidence()
    {
        var other = _log.Sign(
            _log.CheckpointAt(60) with { Root = MerkleHash.Empty }, _log.Enclave, TestLog.Time);
        var (entries, failure) = await DrainAsync(new FeedGateway(
            _log, [.. Honest(_log, 0, 20, 60), Entry(20), Checkpoint(21, other, [])]).Follow().FollowAsync());
        entries.Should().HaveCount(20);
        var fork = failure.Should().BeOfType<FeedException>().Subject;
        fork.Error.Should().Be(FeedError.Fork);
        fork.Checkpoints.Should().Equal(_log.NoteAt(60), other);
    }

    [Fact]
    public async Task CheckpointAheadThatTheEntriesDoNotReach_IsAForkOnceTheyAreVerified()
    {
        // Signed and ahead, and believed at index 0, of which it can say nothing.
        var ahead = _log.Sign(
            _log.CheckpointAt(30) with { Root = MerkleHash.Empty }, _log.Enclave, TestLog.Time);
        var (entries, failure) = await DrainAsync(new FeedGateway(
            _log, [Checkpoint(0, ahead, []), .. Honest(_log, 0, 20, 25), .. Honest(_log, 20, 40, 60)])
            .Follow().FollowAsync());
        entries.Should().HaveCount(20);
        var fork = failure.Should().BeOfType<FeedException>().Subject;
        fork.Error.Should().Be(FeedError.Fork);
        fork.Checkpoints.Should().Equal(ahead, _log.NoteAt(60));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task CheckpointAheadThatLargerOnesFollow_IsAForkOnceTheEntriesPassIt(int larger)
    {
        var ahead = _log.Sign(
            _log.CheckpointAt(30) with { Root = MerkleHash.Empty }, _log.Enclave, TestLog.Time);
        string[] script =
        [
            Checkpoint(0, ahead, []),
            .. Enumerable.Range(31, larger).Select(size => Checkpoint(_log, 0, size)),
            .. Honest(_log, 0, 20, 25), .. Honest(_log, 20, 40, 60),
        ];
        var (entries, failure) = await DrainAsync(new FeedGateway(_log, script).Follow().FollowAsync());
        entries.Should().HaveCount(20);
        var fork = failure.Should().BeOfType<FeedException>().Subject;
        fork.Error.Should().Be(FeedError.Fork);
        fork.Checkpoints.Should().Equal(ahead, _log.NoteAt(60));
    }

    [Fact]
    public async Task CheckpointBetweenTwoThatAreAhead_IsAForkToo()
    {
        var between = _log.Sign(
            _log.CheckpointAt(30) with { Root = MerkleHash.Empty }, _log.Enclave, TestLog.Time);
        string[] script =
        [
            Checkpoint(_log, 0, 10), Checkpoint(_log, 0, 60), Checkpoint(0, between, []),
            .. Honest(_log, 0, 20, 25), .. Honest(_log, 20, 40, 60),
        ];
        var (_, failure) = await DrainAsync(new FeedGateway(_log, script).Follow().FollowAsync());
        failure.Should().BeOfType<FeedException>().Which.Checkpoints.Should().Equal(between, _log.NoteAt(60));
    }

    [Fact]
    public async Task PositionOfAnotherHistory_DoesNotGoOn()
    {
        var position = FeedPosition.Parse(string.Join(
            ' ', ["20", .. TreeRoot.CompactRangeNodes(20).Select(_ => MerkleHash.Empty.ToString())]));
        var (entries, failure) = await DrainAsync(
            new FeedGateway(_log, [.. Honest(_log, 20, 30, 60)]).Follow().FollowAsync(position));
        entries.Should().BeEmpty();
        failure.Should().BeOfType<FeedException>().Which.Error.Should().Be(FeedError.RootMismatch);
    }

    private static IEnumerable<string> Range(int first, int end) =>
        Enumerable.Range(first, end - first).Select(Entry);

    /// <summary>Twenty good entries, then the lie.</summary>
    private async Task CatchAsync(FeedError error, string[] lie)
    {
        var (entries, failure) = await DrainAsync(
            new FeedGateway(_log, [.. Honest(_log, 0, 20, 20), .. lie]).Follow().FollowAsync());
        failure.Should().BeOfType<FeedException>().Which.Error.Should().Be(error, failure.Message);
        entries.Should().HaveCount(20);
    }
}
