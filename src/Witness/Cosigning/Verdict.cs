namespace Sequencer.Witness;

/// <summary>What came of an add-checkpoint request.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>Cosigned, and on stable storage.</summary>
    public sealed record Cosigned(CosignedCheckpoint Checkpoint) : Verdict;

    /// <summary>The request's old size is not the one that was cosigned last.</summary>
    public sealed record Behind(ulong Size) : Verdict;

    /// <summary>Not cosigned.</summary>
    /// <param name="Sentence">For the log's operator: what was wrong and what was expected.</param>
    public sealed record Refused(RefusalReason Reason, string Sentence) : Verdict;
}
