using Sequencer.Hashing;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Computes from single nodes of a log's tree, and reads only the tiles in which these lie. Tiles are kept as
/// long as this object: one is made for each checkpoint, since a log that was replaced serves other tiles at
/// the same paths. What comes out is unverified. Owned by one flow.
/// </summary>
/// <param name="log">Where the tiles come from.</param>
/// <param name="size">The size at which the tree is read.</param>
internal sealed class TileCache(LogReader log, ulong size)
{
    /// <summary>Tiles kept, 8 KB each; when there are more, all are let go.</summary>
    private const int KeptMax = 1024;

    private const int AtOnceMax = 8;

    private readonly Dictionary<TileId, Hash[]> _tiles = [];

    /// <summary>
    /// Where a node lies: a tile, whose width is left at full, and the hashes in it that are folded to the
    /// node.
    /// </summary>
    public static (TileId Tile, int Offset, int Count) Place(NodeId node)
    {
        var (level, height) = Math.DivRem(node.Level, Tile.Height);
        var first = node.Index << height;
        return (new(level, first / Tile.Width, Tile.Width), (int)(first % Tile.Width), 1 << height);
    }

    /// <summary>Carries out a computation that reads the same nodes whatever their hashes are.</summary>
    /// <exception cref="TilesUnreadableException">When a tile is missing or malformed.</exception>
    /// <exception cref="SequencerClientException">
    /// When the gateway refused or could not be reached.
    /// </exception>
    public async Task<T> ReadAsync<T>(Func<INodeReader, T> compute, CancellationToken cancellation)
    {
        // A first run, over hashes that mean nothing, tells which tiles to fetch.
        var wanted = new Wanted(this);
        _ = compute(wanted);
        if (_tiles.Count + wanted.Tiles.Count > KeptMax)
            _tiles.Clear();
        foreach (var some in wanted.Tiles.Where(tile => !_tiles.ContainsKey(tile)).Chunk(AtOnceMax).ToList())
        {
            var read = await Task.WhenAll(some.Select(tile => FetchAsync(tile, cancellation)))
                .ConfigureAwait(false);
            foreach (var (tile, hashes) in some.Zip(read))
                _tiles[tile] = hashes;
        }

        return compute(new Fetched(this));
    }

    /// <summary>Reads the right edge of the tree.</summary>
    /// <exception cref="TilesUnreadableException">When a tile is missing or malformed.</exception>
    /// <exception cref="SequencerClientException">
    /// When the gateway refused or could not be reached.
    /// </exception>
    public async Task<RightEdge> ReadEdgeAsync(CancellationToken cancellation)
    {
        await ReadAsync(nodes => TreeRoot.Compute(size, nodes), cancellation).ConfigureAwait(false);
        var tiles = RightEdge.TilesOf(size).ToDictionary(tile => tile, tile => _tiles[tile]);
        return RightEdge.TryCreate(size, tiles)!;
    }

    private async Task<Hash[]> FetchAsync(TileId tile, CancellationToken cancellation)
    {
        try
        {
            return await log.FindTileAsync(tile, cancellation).ConfigureAwait(false)
                ?? throw new TilesUnreadableException($"{tile.ToPath()} is missing.");
        }
        catch (SequencerClientException malformed) when (malformed.Error == SequencerClientError.BadAnswer)
        {
            throw new TilesUnreadableException($"{tile.ToPath()} cannot be used: {malformed.Message}");
        }
    }

    private TileId Sized(TileId tile) => tile.Index < TileMath.FullTiles(size, tile.Level)
        ? tile
        : tile with { Width = TileMath.PartialWidth(size, tile.Level) };

    private sealed class Wanted(TileCache owner) : INodeReader
    {
        public HashSet<TileId> Tiles { get; } = [];

        public Hash Read(NodeId node)
        {
            Tiles.Add(owner.Sized(Place(node).Tile));
            return default;
        }
    }

    private sealed class Fetched(TileCache owner) : INodeReader
    {
        public Hash Read(NodeId node)
        {
            var (tile, offset, count) = Place(node);
            return MerkleLanes.FoldFull(owner._tiles[owner.Sized(tile)].AsSpan(offset, count));
        }
    }
}
