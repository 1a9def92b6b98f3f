using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// A part of a full tile: 16 hashes and the 8, 4 and 2 nodes above them. A tile has 17 of them, alike: 16 of its own
/// 256 hashes in each of parts 0 to 15, whose rows are the tile's 0 to 3, and the <see cref="Crown"/> on top, whose
/// 16 hashes are the parts' roots, the tile's row 4. A proof goes through one part and the crown.
/// </summary>
public sealed class TilePart
{
    /// <summary>Number of hashes of a part, in its lowest row.</summary>
    public const int Width = 16;

    /// <summary>Number of rows of a part.</summary>
    public const int Height = 4;

    /// <summary>Size of a part's 16 hashes, from which the rest of it is made, in bytes.</summary>
    public const int HashesBytes = Width * Hash.SizeBytes;

    /// <summary>The number of the part above the 16 others.</summary>
    public const int Crown = Tile.Width / Width;

    private const int NodesCount = 2 * Width - 2;

    private readonly Nodes _nodes;

    /// <summary>Makes a part of its hashes.</summary>
    /// <param name="id">Which part it is.</param>
    /// <param name="hashes">The 16 hashes one after the other: <see cref="HashesBytes"/> bytes.</param>
    public TilePart(TilePartId id, ReadOnlySpan<byte> hashes)
    {
        Id = id;
        Span<Hash> nodes = _nodes;
        MemoryMarshal.Cast<byte, Hash>(hashes)[..Width].CopyTo(nodes);
        for (int node = Width, below = 0; node < NodesCount; node++, below += 2)
            nodes[node] = MerkleHash.Node(nodes[below], nodes[below + 1]);
    }

    /// <summary>Which part of which tile it is.</summary>
    public TilePartId Id { get; }

    /// <summary>The node above the two highest: a hash of the crown or, of a crown, of the tile above.</summary>
    public Hash Root => MerkleHash.Node(_nodes[NodesCount - 2], _nodes[NodesCount - 1]);

    /// <summary>The part that has a node of a tile.</summary>
    /// <param name="row">Height above the tile's own hashes, 0 to 7.</param>
    /// <param name="position">Place within the row of the tile.</param>
    public static int Of(int row, int position) => row < Height ? position >> (Height - row) : Crown;

    /// <summary>One of its nodes, by the node's place in the tile.</summary>
    /// <param name="row">Height above the tile's own hashes, 0 to 7; of a part below the crown 0 to 3.</param>
    /// <param name="position">Place within the row of the tile.</param>
    public Hash Read(int row, int position)
    {
        var partRow = row % Height;
        return _nodes[2 * Width - (2 * Width >> partRow) + (position & ((Width >> partRow) - 1))];
    }

    /// <summary>
    /// Rows of 16, 8, 4 and 2, within the object: one look into memory less where many are remembered.
    /// </summary>
    [InlineArray(NodesCount)]
    private struct Nodes
    {
        private Hash _first;
    }
}

/// <summary>Which part of which full tile of a chain.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Level">The tile's level.</param>
/// <param name="Tile">The tile's place within its level.</param>
/// <param name="Part">0 to 15, or <see cref="TilePart.Crown"/>.</param>
public readonly record struct TilePartId(ChainNumber Chain, int Level, ulong Tile, int Part)
{
    /// <summary>The part that has a node.</summary>
    internal static TilePartId Of(ChainNumber chain, NodePlace place) =>
        new(chain, place.Level, place.Tile, TilePart.Of(place.Row, place.Position));
}
