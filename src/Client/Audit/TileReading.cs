using Sequencer.Hashing;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>One tile of leaf hashes, read and hashed.</summary>
/// <param name="Width">Hashes that it should have.</param>
/// <param name="Leaves">Its leaf hashes; null when the tile is missing or malformed.</param>
/// <param name="Root">The root over them, for a full tile; otherwise null.</param>
/// <param name="Findings">What is wrong with it or with its entries.</param>
internal sealed record TileReading(
    int Width, Hash[]? Leaves, Hash? Root, IReadOnlyList<AuditFinding> Findings)
{
    /// <summary>Reads a tile and, when asked, its entries. Damage becomes findings.</summary>
    /// <exception cref="SequencerClientException">
    /// When the gateway refused or could not be reached.
    /// </exception>
    public static async Task<TileReading> ReadAsync(
        LogReader log, ulong index, int width, bool rehashEntries, CancellationToken cancellation)
    {
        var findings = new List<AuditFinding>();
        var tile = new TileId(0, index, width);
        var bundle = new EntryBundlePath(index, width);
        var leavesTask =
            Damage.FindAsync(log.FindTileAsync(tile, cancellation), AuditRule.Tiles, tile.ToPath());
        ReadEntries? entries = null;
        if (rehashEntries)
        {
            (entries, var lost) = await Damage
                .FindAsync(log.ReadEntriesAsync(bundle, cancellation), AuditRule.Entries, bundle.ToPath())
                .ConfigureAwait(false);
            if (lost is not null)
                findings.Add(lost);
        }

        using var read = entries;

        var (leaves, missing) = await leavesTask.ConfigureAwait(false);
        if (missing is not null)
            findings.Add(missing);
        if (entries is not null && leaves is not null)
            CompareEntries(tile, bundle, entries.Entries, leaves, findings);
        Hash? root = leaves is { Length: Tile.Width } ? MerkleLanes.FoldFull(leaves) : null;
        return new(width, leaves, root, findings);
    }

    private static void CompareEntries(
        TileId tile, EntryBundlePath bundle, ReadOnlyMemory<byte>[] entries, Hash[] leaves,
        List<AuditFinding> findings)
    {
        Span<Hash> hashes = stackalloc Hash[Tile.Width];
        MerkleLanes.HashLeaves(entries, hashes);
        for (var i = 0; i < leaves.Length; i++)
        {
            if (hashes[i] != leaves[i])
            {
                var index = tile.Index * Tile.Width + (ulong)i;
                findings.Add(new(AuditRule.Entries, bundle.ToPath(),
                    $"Entry {index} hashes to {hashes[i]}, but {tile.ToPath()} has {leaves[i]}: one of the "
                        + "two was changed."));
            }
        }
    }
}
