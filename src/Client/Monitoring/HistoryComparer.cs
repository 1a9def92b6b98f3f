using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Holds a tree that a log serves now against one that it signed before, of which the right edge was kept.
/// Reads a few tiles a level, whatever the sizes. Owned by one flow.
/// </summary>
/// <param name="held">The checkpoint of before.</param>
/// <param name="heldEdge">Its right edge, which gives its root.</param>
/// <param name="served">The checkpoint that is served now.</param>
/// <param name="tiles">The log's tiles at the served size.</param>
/// <param name="servedEdge">What the tiles give for its right edge; gives its root too.</param>
/// <param name="tilesAtHeld">The log's tiles at the size of before.</param>
internal sealed class HistoryComparer(
    Checkpoint held, RightEdge heldEdge, Checkpoint served, TileCache tiles, RightEdge servedEdge,
    TileCache tilesAtHeld)
{
    /// <exception cref="SequencerClientException">
    /// When the gateway refused or could not be reached.
    /// </exception>
    public async Task<HistoryComparison> CompareAsync(CancellationToken cancellation)
    {
        try
        {
            return served.Size >= held.Size
                ? await CompareLargerAsync(cancellation).ConfigureAwait(false)
                : await CompareSmallerAsync(cancellation).ConfigureAwait(false);
        }
        catch (TilesUnreadableException unreadable)
        {
            return new HistoryComparison.Undecided(unreadable.Message);
        }
    }

    private async Task<HistoryComparison> CompareLargerAsync(CancellationToken cancellation)
    {
        if (await IsPrefixAsync(held, served, tiles, cancellation).ConfigureAwait(false))
            return new HistoryComparison.Consistent();
        // The larger tree must open to another hash at one of the subtrees that make up the smaller one.
        foreach (var node in TreeRoot.CompactRangeNodes(held.Size))
        {
            var found = await DisagreeAtAsync(node, cancellation).ConfigureAwait(false);
            if (found is not null && found.FindFlaw(held, served) is null)
                return new HistoryComparison.Contradictory(found);
        }

        return new HistoryComparison.Undecided(
            $"The tiles that are served do not hash to the root at size {served.Size}.");
    }

    private async Task<HistoryComparison> CompareSmallerAsync(CancellationToken cancellation)
    {
        if (FindInEdges() is { } found)
            return new HistoryComparison.Contradictory(found);
        var nodes = TreeRoot.CompactRangeNodes(served.Size);
        if (Array.TrueForAll(nodes, IsSameInEdges))
            return new HistoryComparison.Consistent();
        // What was kept of the larger tree does not reach so far back: the log must still serve the rest.
        return await IsPrefixAsync(served, held, tilesAtHeld, cancellation).ConfigureAwait(false)
            ? new HistoryComparison.Consistent()
            : new HistoryComparison.Undecided(
                $"The tiles that are served do not show the size {served.Size} as a part of the size "
                    + $"{held.Size} that was signed before.");
    }

    private static async Task<bool> IsPrefixAsync(
        Checkpoint older, Checkpoint newer, TileCache nodes, CancellationToken cancellation)
    {
        var proof = await nodes
            .ReadAsync(reader => ConsistencyProof.Build(older.Size, newer.Size, reader), cancellation)
            .ConfigureAwait(false);
        try
        {
            ConsistencyProof.Verify(older.Size, older.Root, newer.Size, newer.Root, proof);
            return true;
        }
        catch (TlogException)
        {
            return false;
        }
    }

    /// <summary>
    /// The smallest subtree below a node, as far as the right edge of the smaller tree reaches, that differs
    /// in the larger one; null when the node itself does not differ.
    /// </summary>
    private async Task<SubtreeDisagreement?> DisagreeAtAsync(NodeId node, CancellationToken cancellation)
    {
        if (await ReadAsync(node).ConfigureAwait(false) == heldEdge.Read(node))
            return null;
        while (node.Level % Tile.Height != 0)
        {
            var left = new NodeId(node.Level - 1, 2 * node.Index);
            var isLeft = await ReadAsync(left).ConfigureAwait(false) != heldEdge.Read(left);
            node = isLeft ? left : left with { Index = left.Index + 1 };
        }

        var (hash, proof) = await tiles
            .ReadAsync(reader => (reader.Read(node), SubtreeProof.Build(node, served.Size, reader)),
                cancellation).ConfigureAwait(false);
        return new(node, heldEdge.Read(node), SubtreeProof.Build(node, held.Size, heldEdge), hash, proof);

        Task<Hash> ReadAsync(NodeId wanted) => tiles.ReadAsync(reader => reader.Read(wanted), cancellation);
    }

    private bool IsSameInEdges(NodeId node) =>
        heldEdge.Has(node) && heldEdge.Read(node) == servedEdge.Read(node);

    /// <summary>
    /// The first hash at which the right edges of both trees differ; null where they do not.
    /// </summary>
    private SubtreeDisagreement? FindInEdges()
    {
        foreach (var (tile, hashes) in servedEdge.Tiles)
        {
            for (var i = 0; i < hashes.Length; i++)
            {
                var node = new NodeId(tile.Level * Tile.Height, tile.Index * Tile.Width + (ulong)i);
                if (heldEdge.Has(node) && heldEdge.Read(node) != hashes[i])
                {
                    return new(node, hashes[i], SubtreeProof.Build(node, served.Size, servedEdge),
                        heldEdge.Read(node), SubtreeProof.Build(node, held.Size, heldEdge));
                }
            }
        }

        return null;
    }
}
