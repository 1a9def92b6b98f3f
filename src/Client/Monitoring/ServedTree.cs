using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>The tree of a checkpoint, as far as it was read: tiles that give its root.</summary>
/// <param name="Tiles">The log's tiles at the checkpoint's size.</param>
/// <param name="Edge">What they give for its right edge.</param>
internal sealed record ServedTree(TileCache Tiles, RightEdge Edge)
{
    /// <exception cref="TilesUnreadableException">
    /// When a tile is missing or malformed, or the tiles give another root.
    /// </exception>
    /// <exception cref="SequencerClientException">
    /// When the gateway refused or could not be reached.
    /// </exception>
    public static async Task<ServedTree> ReadAsync(
        LogReader log, Checkpoint checkpoint, CancellationToken cancellation)
    {
        var tiles = new TileCache(log, checkpoint.Size);
        var edge = await tiles.ReadEdgeAsync(cancellation).ConfigureAwait(false);
        return edge.Root() is var root && root == checkpoint.Root
            ? new(tiles, edge)
            : throw new TilesUnreadableException($"The tiles that are served give the root {root} at size "
                + $"{checkpoint.Size}; the checkpoint states {checkpoint.Root}.");
    }
}
