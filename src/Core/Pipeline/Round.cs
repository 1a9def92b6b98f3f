namespace Sequencer.Core;

/// <summary>What the committer writes ahead at once and the publisher has signed.</summary>
internal sealed class Round
{
    private readonly Dictionary<Chain, ChainRun> _runs = [];

    public LedgerBatch Batch { get; } = new();

    /// <summary>One run for each chain, in the order of their first turns.</summary>
    public List<ChainRun> Runs { get; } = [];

    public int Entries { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>When the round was closed, as a timestamp of the clock.</summary>
    public long ClosedAt { get; private set; }

    /// <summary>Adds a submission that has its place, the next of its chain.</summary>
    public void Add(Chain chain, PendingSubmission submission)
    {
        if (!_runs.TryGetValue(chain, out var run))
        {
            _runs.Add(chain, run = new ChainRun(chain, submission.FirstIndex, []));
            Runs.Add(run);
        }

        run.Submissions.Add(submission);
        Entries += submission.EntryCount;
        Bytes += submission.Bytes;
    }

    /// <summary>Closes the round; its entries are in the batch from then on.</summary>
    public void Close(long now)
    {
        ClosedAt = now;
        foreach (var run in Runs)
            Batch.Entries.Add(new EntriesRecord(run.Chain.Record!.Number, run.FirstIndex, run.Concatenate()));
    }

    /// <summary>Tells everyone in the round that the outcome is not known.</summary>
    public void Abandon(string why)
    {
        foreach (var submission in Runs.SelectMany(run => run.Submissions))
            submission.Abandon(RefusalCode.LedgerUnavailable, why);
    }
}

/// <summary>One chain's consecutive submissions within a round.</summary>
internal sealed record ChainRun(Chain Chain, ulong FirstIndex, List<PendingSubmission> Submissions)
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Concatenate()
    {
        if (Submissions is [var only])
            return only.Submission.Entries;
        var entries = new List<ReadOnlyMemory<byte>>(Submissions.Sum(submission => submission.EntryCount));
        foreach (var submission in Submissions)
            entries.AddRange(submission.Submission.Entries);
        return entries;
    }
}
