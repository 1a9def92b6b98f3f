namespace Sequencer.Core;

/// <summary>What the committer writes ahead at once and the publisher has signed.</summary>
internal sealed class Round
{
    public LedgerBatch Batch { get; } = new();

    public List<ChainRun> Runs { get; } = [];

    public int Entries { get; set; }

    /// <summary>When the round was closed, as a timestamp of the clock.</summary>
    public long ClosedAt { get; set; }
}

/// <summary>One chain's consecutive submissions within a round.</summary>
internal sealed record ChainRun(Chain Chain, ulong FirstIndex, List<PendingSubmission> Submissions)
{
    public int Entries => Submissions.Sum(submission => submission.EntryCount);
}
