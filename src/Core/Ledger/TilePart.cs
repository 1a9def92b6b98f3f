using System.Runtime.InteropServices;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// A quarter of a full tile, which is all of the tile that the proof of one of its hashes needs: 64 of the
/// tile's hashes, the 32, 16, … 2 nodes above them, and the six nodes of the two highest rows, which all
/// quarters share. 132 hashes, 4,224 bytes, in place of the whole tile's 16,320.
/// </summary>
public static class TilePart
{
    /// <summary>Number of parts of a tile.</summary>
    public const int Count = 4;

    /// <summary>Number of the tile's own hashes in each part.</summary>
    public const int Width = Tile.Width / Count;

    /// <summary>Size of a part, in bytes.</summary>
    public const int SizeBytes = 132 * Hash.SizeBytes;

    /// <summary>Size of the part's own 64 hashes, with which it begins, in bytes.</summary>
    public const int HashesBytes = Width * Hash.SizeBytes;

    /// <summary>The lowest of the rows that every part has whole.</summary>
    private const int SharedRow = 6;

    /// <summary>The part that has a node; any part has those of the two highest rows.</summary>
    /// <param name="row">Height above the tile's own hashes, 0 to 7.</param>
    /// <param name="position">Place within the row of the tile.</param>
    public static int Of(int row, int position) => row < SharedRow ? position >> (SharedRow - row) : 0;

    /// <summary>Whether a part has a node.</summary>
    public static bool Has(int part, int row, int position) => row >= SharedRow || Of(row, position) == part;

    /// <summary>One node of a part, by its place in the tile.</summary>
    public static Hash Read(ReadOnlySpan<byte> part, int row, int position) =>
        MemoryMarshal.Cast<byte, Hash>(part)[IndexOf(row, position)];

    /// <summary>The tile's top node, which is one hash of the tile above it.</summary>
    public static Hash Top(ReadOnlySpan<byte> part) =>
        MerkleHash.Node(Read(part, row: 7, position: 0), Read(part, row: 7, position: 1));

    /// <summary>Copies a part out of a tile in the layout of <see cref="TileNodes"/>.</summary>
    /// <param name="nodes">The tile.</param>
    /// <param name="part">Which part, 0 to 3.</param>
    /// <param name="destination">Where to; <see cref="SizeBytes"/> long.</param>
    public static void Cut(ReadOnlySpan<byte> nodes, int part, Span<byte> destination)
    {
        var tile = MemoryMarshal.Cast<byte, Hash>(nodes);
        var cut = MemoryMarshal.Cast<byte, Hash>(destination);
        for (var row = 0; row < Tile.Height; row++)
        {
            var (first, width) = row < SharedRow
                ? (part * (Width >> row), Width >> row)
                : (0, Tile.Width >> row);
            tile.Slice(TileNodes.IndexOf(row, first), width).CopyTo(cut[IndexOf(row, first)..]);
        }
    }

    /// <summary>Place in a part, counted in hashes: rows of 64, 32, … 2, then one of 4 and one of 2.</summary>
    private static int IndexOf(int row, int position) => row switch
    {
        < SharedRow => 2 * Width - (2 * Width >> row) + (position & ((Width >> row) - 1)),
        SharedRow => 126 + position,
        _ => 130 + position,
    };
}
