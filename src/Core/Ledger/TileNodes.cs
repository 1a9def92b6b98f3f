using System.Runtime.InteropServices;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Layout of a full tile with its interior nodes, as it is made: its 256 hashes as tlog-tiles serves them
/// (8,192 bytes), then the 128, 64, … 2 nodes above them; the single top node is a hash of the tile above. 510
/// hashes, 16,320 bytes.
/// </summary>
public static class TileNodes
{
    /// <summary>Size of a full tile with its interior nodes, in bytes.</summary>
    public const int SizeBytes = 510 * Hash.SizeBytes;

    /// <summary>Size of the tile's own 256 hashes, in bytes.</summary>
    public const int HashesBytes = Tile.Width * Hash.SizeBytes;

    /// <summary>Place of a node, counted in hashes.</summary>
    /// <param name="row">Height above the tile's own hashes, 0 to 7.</param>
    /// <param name="position">Place within the row.</param>
    public static int IndexOf(int row, int position) => 512 - (512 >> row) + position;

    /// <summary>One node of a tile.</summary>
    public static Hash Read(ReadOnlySpan<byte> nodes, int row, int position) =>
        MemoryMarshal.Cast<byte, Hash>(nodes)[IndexOf(row, position)];

    /// <summary>The 16 hashes that a part is made of (see <see cref="TilePart"/>).</summary>
    /// <param name="nodes">The tile.</param>
    /// <param name="part">0 to 15, or <see cref="TilePart.Crown"/>.</param>
    public static ReadOnlySpan<byte> PartOf(ReadOnlySpan<byte> nodes, int part)
    {
        var first = part == TilePart.Crown ? IndexOf(TilePart.Height, 0) : IndexOf(0, part * TilePart.Width);
        return nodes.Slice(first * Hash.SizeBytes, TilePart.HashesBytes);
    }
}
