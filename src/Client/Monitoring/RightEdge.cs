using System.Runtime.InteropServices;
using Sequencer.Hashing;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// The partial tiles of a tree, at most one a level: the least that continues a history. From them alone come
/// the root, the compact range, and proofs for every subtree inside, so that a tree can be held against
/// another after its log has replaced it. At most 8 × 255 hashes.
/// </summary>
internal sealed class RightEdge : INodeReader
{
    private readonly Dictionary<int, (TileId Id, Hash[] Hashes)> _levels = [];

    private RightEdge(ulong size) => Size = size;

    /// <summary>Leaves of the tree.</summary>
    public ulong Size { get; }

    /// <summary>The tiles, lowest level first.</summary>
    public IEnumerable<(TileId Id, Hash[] Hashes)> Tiles =>
        from level in _levels orderby level.Key select level.Value;

    /// <summary>The tiles that the edge of a size has, lowest level first.</summary>
    public static IEnumerable<TileId> TilesOf(ulong size) =>
        from level in TileMath.Levels(size)
        where level.PartialWidth > 0
        select new TileId(level.Level, level.FullTiles, level.PartialWidth);

    /// <summary>Puts tiles together; null unless they are exactly those of the size.</summary>
    public static RightEdge? TryCreate(ulong size, IReadOnlyDictionary<TileId, Hash[]> tiles)
    {
        var edge = new RightEdge(size);
        foreach (var id in TilesOf(size))
        {
            if (!tiles.TryGetValue(id, out var hashes) || hashes.Length != id.Width)
                return null;
            edge._levels.Add(id.Level, (id, hashes));
        }

        return edge._levels.Count == tiles.Count ? edge : null;
    }

    public Hash Root() => TreeRoot.Compute(Size, this);

    /// <summary>Whether the edge holds a node, or what it is made of.</summary>
    public bool Has(NodeId node)
    {
        var (tile, offset, count) = TileCache.Place(node);
        return _levels.TryGetValue(tile.Level, out var level) && level.Id.Index == tile.Index
            && offset + count <= level.Hashes.Length;
    }

    /// <exception cref="InvalidOperationException">When the edge does not hold the node.</exception>
    public Hash Read(NodeId node)
    {
        if (!Has(node))
            throw new InvalidOperationException($"The right edge of size {Size} does not hold {node}.");
        var (tile, offset, count) = TileCache.Place(node);
        return MerkleLanes.FoldFull(_levels[tile.Level].Hashes.AsSpan(offset, count));
    }

    /// <summary>A tile's bytes, as a log serves them.</summary>
    public static byte[] ToBytes(Hash[] hashes) => MemoryMarshal.AsBytes(hashes.AsSpan()).ToArray();

    /// <summary>A tile's hashes; null when the length is not a whole number of them.</summary>
    public static Hash[]? FromBytes(byte[] bytes) =>
        bytes.Length % Hash.SizeBytes == 0 ? MemoryMarshal.Cast<byte, Hash>(bytes).ToArray() : null;
}
