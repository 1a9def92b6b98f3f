namespace Sequencer.Client;

/// <summary>What came of holding a checkpoint that a log serves against one that it signed before.</summary>
internal abstract record HistoryComparison
{
    private HistoryComparison()
    {
    }

    /// <summary>The smaller tree is a prefix of the larger.</summary>
    public sealed record Consistent : HistoryComparison;

    /// <summary>No append-only list has both roots.</summary>
    /// <param name="Subtree">What shows it; null for equal sizes, where the two roots do.</param>
    public sealed record Contradictory(SubtreeDisagreement? Subtree) : HistoryComparison;

    /// <summary>Neither of the two can be shown from what the log serves.</summary>
    public sealed record Undecided(string Why) : HistoryComparison;
}
