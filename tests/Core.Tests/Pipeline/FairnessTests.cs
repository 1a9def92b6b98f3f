namespace Sequencer.Core.Tests.Pipeline;

/// <summary>Turns are measured in rounds, not in time.</summary>
public sealed class FairnessTests
{
    private readonly SequencerOptions _options = new()
    {
        QueueMaxEntries = int.MaxValue,
        QueueMaxBytes = long.MaxValue,
    };

    private readonly Intake _intake;
    private readonly RoundGatherer _gatherer;
    private uint _chains;

    public FairnessTests()
    {
        _intake = new Intake(_options);
        _gatherer = new RoundGatherer(_intake, new MemoryLedger(), _options, TimeProvider.System);
    }

    [Fact]
    public void Gather_AQuietChainBesideNoisyOnes_IsInTheVeryNextRound()
    {
        var noisy = Enumerable.Range(0, 5).Select(_ => OpenChain()).ToList();
        noisy.ForEach(chain => Submit(chain, submissions: 20_000, entries: 1, size: 1_000));
        var quiet = OpenChain();
        _gatherer.Gather();
        for (var i = 0; i < 5; i++)
        {
            Submit(quiet, submissions: 1, entries: 1, size: 100);
            _gatherer.Gather().Runs.Should().Contain(run => run.Chain == quiet);
        }
    }

    [Fact]
    public void Gather_ManySmallAgainstFewLargeEntries_GetTheSameShare()
    {
        var small = OpenChain();
        var large = OpenChain();
        Submit(small, submissions: 150_000, entries: 1, size: 10);
        Submit(large, submissions: 1_500, entries: 1, size: 60_000);
        long smallCost = 0, largeCost = 0;
        // Both have more than these rounds take.
        for (var i = 0; i < 4; i++)
        {
            foreach (var run in _gatherer.Gather().Runs)
            {
                var cost = run.Submissions.Sum(
                    submission => submission.Bytes + ChainQueue.EntryCost * submission.EntryCount);
                if (run.Chain == small)
                    smallCost += cost;
                else
                    largeCost += cost;
            }
        }

        ((double)smallCost / largeCost).Should().BeInRange(0.5, 2);
    }

    [Fact]
    public void Gather_ABatchLargerThanItsShare_ComesWithinTheRoundsThatItCosts()
    {
        var busy = Enumerable.Range(0, 200).Select(_ => OpenChain()).ToList();
        busy.ForEach(chain => Submit(chain, submissions: 2_000, entries: 1, size: 200));
        var batch = OpenChain();
        Submit(batch, submissions: 1, entries: 10_000, size: 100);

        var rounds = 1;
        while (!_gatherer.Gather().Runs.Exists(run => run.Chain == batch))
            rounds++;

        // It costs 6.12 million; a share is 83,468, so it takes its turn in 74 of them, and a round is one each.
        rounds.Should().BeInRange(2, 75);
    }

    [Fact]
    public void Gather_EverySubmissionIsTakenOnceAndInItsOrder()
    {
        var chains = Enumerable.Range(0, 30).Select(_ => OpenChain()).ToList();
        for (var i = 0; i < chains.Count; i++)
            Submit(chains[i], submissions: 300 * (i % 4 + 1), entries: 1 + i, size: 50 * i);
        var next = chains.ToDictionary(chain => chain, _ => 0UL);

        Round round;
        do
        {
            round = _gatherer.Gather();
            round.Entries.Should().BeLessThanOrEqualTo(Round.EntriesMax);
            round.Runs.Sum(run => run.Submissions.Sum(submission => submission.Bytes))
                .Should().BeLessThanOrEqualTo(Round.BytesMax);
            foreach (var run in round.Runs)
            {
                run.FirstIndex.Should().Be(next[run.Chain]);
                next[run.Chain] += (ulong)run.Submissions.Sum(submission => submission.EntryCount);
            }
        }
        while (round.Runs.Count > 0);

        for (var i = 0; i < chains.Count; i++)
            next[chains[i]].Should().Be((ulong)(300 * (i % 4 + 1) * (1 + i)));
    }

    private Chain OpenChain()
    {
        var number = new ChainNumber(++_chains);
        var id = CoreFixture.Chain($"chain-{number.Value}");
        var chain = new Chain(id, $"test/{id}", new ChainLimits(), TimeProvider.System)
        {
            Record = new ChainRecord(id, number, Unique: false),
        };
        chain.TryBeginOpening();
        chain.EndOpening(opened: true);
        return chain;
    }

    private void Submit(Chain chain, int submissions, int entries, int size)
    {
        var submission = new Submission
        {
            Chain = chain.Id,
            Entries = [.. Enumerable.Repeat(new ReadOnlyMemory<byte>(new byte[size]), entries)],
        };
        for (var i = 0; i < submissions; i++)
            chain.Queue.Add(new PendingSubmission(submission, (long)entries * size));
        _intake.Schedule(chain);
    }
}
