using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Pipeline;

public sealed class CommitterTests
{
    private readonly Intake _intake = new(new SequencerOptions());

    /// <summary>
    /// Found by reading: the publisher leaves its checkpoints to the next round while anything is under way, and a
    /// round in which everything is a repeat was never written.
    /// </summary>
    [Fact]
    public async Task Run_WhereOnlyRepeatsFollow_StillWritesTheCheckpointThatWaits()
    {
        await using var ledger = new MemoryLedger();
        var rideAlong = new RideAlong(ledger);
        var committer = new Committer(
            Gatherer(ledger), rideAlong, new SequencerOptions(), TimeProvider.System, new CoreMetrics());
        var chain = OpenChain(ledger);
        Submit(chain);
        var running = committer.RunAsync(CancellationToken.None);
        var round = await committer.Committed.ReadAsync();
        chain.Latest = new SignedCheckpoint(
            1, MerkleHash.Leaf("entry"u8), Time: 1, new byte[64], Epoch: 1, "note"u8.ToArray());
        rideAlong.Add(chain);

        var repeat = Submit(chain);
        _intake.Complete();
        await running;

        round.Entries.Should().Be(1);
        repeat.IsCommitting.Should().BeFalse("it waits for the outcome of the first and takes no place");
        ledger.LatestCheckpoint(chain.Record!.Number)!.Size.Should().Be(1);
    }

    /// <summary>Found by reading: repeats took no room in a round, so that it stayed open, and everybody's entries
    /// unwritten, for as long as they came as fast as they were answered.</summary>
    [Fact]
    public async Task Gather_WhileRepeatsComeAsFastAsTheyAreAnswered_Closes()
    {
        await using var ledger = new MemoryLedger();
        var gatherer = Gatherer(ledger);
        var (busy, quiet) = (OpenChain(ledger), OpenChain(ledger, "quiet", 2));
        Submit(busy);
        gatherer.Gather();
        var answered = 0;
        SubmitRepeat();
        Submit(quiet);

        var round = gatherer.Gather();

        round.Runs.Should().ContainSingle().Which.Chain.Should().Be(quiet);
        answered.Should().BeLessThan(Round.EntriesMax);
        gatherer.Gather().Runs.Should().BeEmpty();
        answered.Should().BeLessThan(2 * Round.EntriesMax, "the next round closes too");

        // Each is answered while a round is gathered, and brings the next.
        void SubmitRepeat() => Submit(busy, "other bytes").OnOutcome(_ =>
        {
            if (++answered < 5 * Round.EntriesMax)
                SubmitRepeat();
        });
    }

    private RoundGatherer Gatherer(ILedger ledger) =>
        new(_intake, ledger, new SequencerOptions(), TimeProvider.System);

    private static Chain OpenChain(MemoryLedger ledger, string name = "demo", uint n = 1)
    {
        var (id, number) = (CoreFixture.Chain(name), new ChainNumber(n));
        var chain = new Chain(id, $"test/{id}", new ChainLimits(), TimeProvider.System)
        {
            Record = new ChainRecord(id, number, Unique: false),
            Tree = ChainTree.Load(ledger, number, 0),
        };
        chain.TryBeginOpening();
        chain.EndOpening(opened: true);
        return chain;
    }

    private PendingSubmission Submit(Chain chain, string text = "entry")
    {
        var entry = Encoding.UTF8.GetBytes(text);
        var submission = new PendingSubmission(
            new Submission { Chain = chain.Id, Entries = [entry], IdempotencyKey = "once" }, entry.Length);
        chain.Queue.Add(submission);
        _intake.Schedule(chain);
        return submission;
    }
}
