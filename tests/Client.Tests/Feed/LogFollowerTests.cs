using CsCheck;
using Sequencer.Client.Tests.Fixtures;
using static Sequencer.Client.Tests.Fixtures.FeedGateway;

namespace Sequencer.Client.Tests.Feed;

/// <summary>What a follower gives out over honest connections that break.</summary>
public sealed class LogFollowerTests : IDisposable
{
    private const int Size = 300;

    private readonly TestLog _log = new(Size, 100);

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Entries_AreGivenOutOnceACheckpointCoversThem()
    {
        var gateway = new FeedGateway(_log,
            [Checkpoint(_log, 0, 50), .. Honest(_log, 0, 20, 60), "", .. Honest(_log, 20, 60, 60), Entry(60)]);
        var (entries, failure) = await DrainAsync(gateway.Follow().FollowAsync());
        ShouldBe(entries, 0, 60);
        failure.Should().BeOfType<SequencerClientException>()
            .Which.Error.Should().Be(SequencerClientError.Refused);
    }

    [Fact]
    public async Task LostConnection_IsMadeAgain_BehindTheLastVerifiedEntry()
    {
        var gateway = new FeedGateway(_log,
            [.. Honest(_log, 0, 10, 40), Entry(10), Entry(11)],
            [.. Honest(_log, 10, 20, 40), """{"idx": 20, "data_""" + Cut],
            [Checkpoint(_log, 20, 40), .. Honest(_log, 20, 40, 40)]);
        var (entries, _) = await DrainAsync(gateway.Follow().FollowAsync());
        ShouldBe(entries, 0, 40);
        gateway.Resumed.Should().Equal(null, "9", "19", "39", "39");
    }

    [Fact]
    public async Task FailureToCheck_IsThrown_AndNoReasonToConnectAgain()
    {
        var gateway = new FeedGateway(_log, [.. Honest(_log, 0, 5, 5)], [.. Honest(_log, 0, 5, 5)]);
        using var http = new HttpClient(gateway) { BaseAddress = new("http://gateway.test/") };
        // The request for the epochs is the first that is made once the feed is open.
        var client = new SequencerClient(http, new(), new FailingTime(() => gateway.Resumed.Count > 0));
        var follower = new LogFollower(client, Monitoring.MonitorFixture.Chain, _log.Enclaves,
            policy: null, new() { AttemptsMax = 2 });

        await FluentActions.Awaiting(() => DrainAsync(follower.FollowAsync()))
            .Should().ThrowAsync<FileNotFoundException>();
        gateway.Resumed.Should().HaveCount(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(299)]
    public async Task FromAnIndex_BeginsWithHashesFromTiles(int from)
    {
        var gateway = new FeedGateway(
            _log, [Checkpoint(_log, from, Size), .. Honest(_log, from, Size, Size)]);
        var (entries, _) = await DrainAsync(gateway.Follow().FollowAsync((ulong)from));
        ShouldBe(entries, from, Size);
        gateway.Resumed[0].Should().Be($"{from - 1}");
    }

    [Fact]
    public async Task FollowNext_NoWitnessedCheckpointYet_BeginsAtTheNewest()
    {
        var gateway = new FeedGateway(_log) { InnerHandler = new StaticGateway(_log).Unwitnessed() };
        var follower = gateway.Follow();
        await DrainAsync(follower.FollowNextAsync());

        follower.HasBegun.Should().BeTrue();
        follower.Position.Next.Should().Be(_log.Size);
    }

    [Fact]
    public async Task FollowNext_NoWitnessedCheckpointYetThoughDemanded_SaysSo()
    {
        var gateway = new ScriptedGateway(ScriptedGateway.Problem(System.Net.HttpStatusCode.NotFound,
            "checkpoint_unwitnessed", "No quorum of witnesses has cosigned a checkpoint yet."));
        var policy = _log.PolicyWith("any", new TestWitness("w0.example", 100));
        var follower = new LogFollower(
            gateway.Connect(), Monitoring.MonitorFixture.Chain, _log.Enclaves, policy);
        var (_, failure) = await DrainAsync(follower.FollowNextAsync());

        failure.Should().BeOfType<SequencerClientException>().Which.Code.Should().Be("checkpoint_unwitnessed");
        failure.Message.Should().NotContain("no chain");
    }

    [Fact]
    public async Task FollowNext_OfAnotherServer_SaysSoAndNotThatThereIsNoChain()
    {
        var page = ScriptedGateway.Answer(System.Net.HttpStatusCode.NotFound, "Nothing here.", "text/plain");
        var follower = new LogFollower(
            new ScriptedGateway(page, page, page).Connect(), Monitoring.MonitorFixture.Chain, _log.Enclaves);
        var (_, failure) = await DrainAsync(follower.FollowNextAsync());

        failure.Message.Should().Contain("Check that the address is a sequencer's").And.NotContain("no chain");
    }

    [Theory]
    [InlineData(301)]
    [InlineData(86_400)]
    [InlineData(4_294_968)]
    public async Task RetryAfterBeyondTheLimit_EndsAtOnceWithTheGatewaysReason(int seconds)
    {
        var time = new InstantTime();
        var gateway = new ScriptedGateway(Full(300), Full(seconds));
        var follower = new LogFollower(gateway.Connect(time), Monitoring.MonitorFixture.Chain, _log.Enclaves);
        var (_, failure) = await DrainAsync(follower.FollowAsync());

        failure.Message.Should().Contain("(503 feed_full): Too many readers.");
        failure.Should().BeOfType<SequencerClientException>()
            .Which.RetryAfter.Should().Be(TimeSpan.FromSeconds(seconds));
        time.Pauses.Should().Equal(TimeSpan.FromSeconds(300));

        static Func<HttpResponseMessage> Full(int retryAfter) => ScriptedGateway.Problem(
            System.Net.HttpStatusCode.ServiceUnavailable, "feed_full", "Too many readers.", retryAfter);
    }

    [Fact]
    public async Task FollowNext_TilesOfAnotherTree_DoesNotBegin()
    {
        using var other = _log.Resized((int)_log.Size, otherFrom: 0);
        var gateway = new FeedGateway(other) { InnerHandler = Mixed(other) };
        var follower = gateway.Follow();
        var (_, failure) = await DrainAsync(follower.FollowNextAsync());

        failure.Should().BeOfType<FeedException>().Which.Error.Should().Be(FeedError.RootMismatch);
        follower.HasBegun.Should().BeFalse();
    }

    /// <summary>Tiles of the one log under the checkpoint of the other.</summary>
    private StaticGateway Mixed(TestLog tiles) => new StaticGateway(tiles)
        .Replace("checkpoint", System.Text.Encoding.UTF8.GetBytes(_log.NoteAt(_log.Size)));

    [Fact]
    public async Task FollowNext_BeginsBehindTheNewestCheckpoint()
    {
        var gateway = new FeedGateway(_log, [Checkpoint(_log, Size, Size)]);
        var (entries, _) = await DrainAsync(gateway.Follow().FollowNextAsync());
        entries.Should().BeEmpty();
        gateway.Resumed[0].Should().Be($"{Size - 1}");
    }

    [Fact]
    public async Task SplitAnywhere_IsTheSameSequence() =>
        await Gen.Int[0, Size - 1].SampleAsync(async cut =>
        {
            var follower = new FeedGateway(
                _log, [.. Honest(_log, 0, 120, 200), .. Honest(_log, 120, Size, Size)]).Follow();
            var entries = new List<FeedEntry>();
            if (cut > 0)
            {
                await foreach (var entry in follower.FollowAsync())
                {
                    entries.Add(entry);
                    if (entries.Count == cut)
                        break;
                }
            }

            var position = FeedPosition.Parse(follower.Position.ToString());
            position.Next.Should().Be((ulong)cut);
            var rest = new FeedGateway(_log, [.. Honest(_log, cut, Size, Size)]);
            entries.AddRange((await DrainAsync(rest.Follow().FollowAsync(position))).Entries);
            ShouldBe(entries, 0, Size);
        }, iter: 20);

    [Fact]
    public async Task Start_IsThePositionBeforeTheFirstEntry()
    {
        var gateway = new FeedGateway(_log, [.. Honest(_log, 0, 5, 5)]);
        FeedPosition.Start.ToString().Should().Be("0");
        ShouldBe((await DrainAsync(gateway.Follow().FollowAsync(FeedPosition.Start))).Entries, 0, 5);
    }

    [Fact]
    public async Task PositionAt_ReachesFromTheCheckpointBeforeToTheLastEntryGivenOut()
    {
        var follower = new FeedGateway(
            _log, [.. Honest(_log, 0, 10, 20), .. Honest(_log, 10, 20, 20)]).Follow();
        await foreach (var entry in follower.FollowAsync())
        {
            if (entry.Index == 14)
                break;
        }

        follower.PositionAt(10).Next.Should().Be(10);
        follower.PositionAt(15).ToString().Should().Be(follower.Position.ToString());
        follower.Invoking(it => it.PositionAt(9)).Should().Throw<ArgumentOutOfRangeException>();
        follower.Invoking(it => it.PositionAt(16)).Should().Throw<ArgumentOutOfRangeException>();
        var rest = new FeedGateway(_log, [.. Honest(_log, 12, 20, 20)]);
        ShouldBe((await DrainAsync(rest.Follow().FollowAsync(follower.PositionAt(12)))).Entries, 12, 20);
    }

    [Fact]
    public async Task PolicyWithWitnesses_GivesOutWhatTheQuorumCovers()
    {
        var witness = new TestWitness("witness.example", 7);
        var witnessed = Checkpoint(20, _log.NoteAt(20, witness), Proof(_log, 20, 20));
        var gateway = new FeedGateway(
            _log, [.. Honest(_log, 0, 20, 40), witnessed, .. Honest(_log, 20, 40, 40)]);
        var (entries, _) = await DrainAsync(gateway.Follow(_log.PolicyWith("all", witness)).FollowAsync());
        ShouldBe(entries, 0, 20);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("0 x")]
    [InlineData("3 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void PositionOfAnotherForm_IsRefused(string text) =>
        FluentActions.Invoking(() => FeedPosition.Parse(text)).Should().Throw<FormatException>();

    /// <summary>A clock that at some time can time no attempt any more: a library that it needs is missing.</summary>
    private sealed class FailingTime(Func<bool> fails) : TimeProvider
    {
        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            dueTime.TotalMilliseconds == new SequencerClientOptions().AttemptTimeoutMs && fails()
                ? throw new FileNotFoundException("A library is missing.")
                : base.CreateTimer(callback, state, dueTime, period);
    }

    private static void ShouldBe(List<FeedEntry> entries, int first, int end)
    {
        entries.Select(entry => entry.Index)
            .Should().Equal(Enumerable.Range(first, end - first).Select(i => (ulong)i));
        foreach (var entry in entries)
            entry.Data.ToArray().Should().Equal(TestLog.Entry((int)entry.Index));
    }
}
