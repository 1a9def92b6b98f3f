using Sequencer.Hashing;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Fetches the compact range of a size from a log's tiles: at most one tile a level. It proves nothing until
/// what follows leads from it to a signed root.
/// </summary>
internal static class TreeEdge
{
    /// <exception cref="SequencerClientException">
    /// When a tile is missing, malformed or cannot be had.
    /// </exception>
    public static async Task<CompactRange> ReadAsync(
        LogReader log, ulong size, CancellationToken cancellation)
    {
        var tiles = new Dictionary<int, Hash[]>();
        var hashes = new List<Hash>();
        foreach (var node in TreeRoot.CompactRangeNodes(size))
        {
            var level = node.Level / Tile.Height;
            if (!tiles.TryGetValue(level, out var tile))
            {
                tile = await ReadLastAsync(log, level, size, cancellation).ConfigureAwait(false);
                tiles.Add(level, tile);
            }

            // In the tile the node stands for a run of hashes.
            var row = node.Level % Tile.Height;
            var first = (int)((node.Index << row) % Tile.Width);
            hashes.Add(MerkleLanes.FoldFull(tile.AsSpan(first, 1 << row)));
        }

        return CompactRange.TryCreate(size, [.. hashes])!;
    }

    /// <summary>The partial tile at the end of a level: what no tile above covers is in it.</summary>
    private static async Task<Hash[]> ReadLastAsync(
        LogReader log, int level, ulong size, CancellationToken cancellation)
    {
        var tile = new TileId(level, TileMath.FullTiles(size, level), TileMath.PartialWidth(size, level));
        return await log.FindTileAsync(tile, cancellation).ConfigureAwait(false)
            ?? throw GatewayJson.BadAnswer($"{tile.ToPath()} is missing, though the log has {size} entries");
    }
}
