namespace Sequencer.Core;

/// <summary>What the committer writes ahead at once and the publisher has signed.</summary>
internal sealed class Round
{
    public LedgerBatch Batch { get; } = new();

    public List<ChainRun> Runs { get; } = [];

    public int Entries { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>When the round was closed, as a timestamp of the clock.</summary>
    public long ClosedAt { get; set; }

    public void Add(ChainRun run)
    {
        Runs.Add(run);
        Entries += run.Submissions.Sum(submission => submission.EntryCount);
        Bytes += run.Submissions.Sum(submission => submission.Bytes);
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
    public IReadOnlyList<ReadOnlyMemory<byte>> Concatenate() => Submissions is [var only]
        ? only.Submission.Entries
        : [.. Submissions.SelectMany(submission => submission.Submission.Entries)];
}
