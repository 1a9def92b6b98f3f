using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>Entries that one checkpoint has verified, and the tree before them.</summary>
internal sealed record VerifiedEntries(
    CompactRange Before, IReadOnlyList<FeedEntry> Entries, IReadOnlyList<Hash> Leaves)
{
    /// <summary>The tree once the first <paramref name="count"/> of them are in it.</summary>
    public CompactRange After(int count)
    {
        var range = Before.Clone();
        foreach (var leaf in Leaves.Take(count))
            range.Append(leaf);
        return range;
    }
}
