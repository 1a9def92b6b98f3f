using System.Runtime.InteropServices;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// A tile that is still filling, with the nodes above its hashes; rows grow as they are needed, so that a
/// chain of few entries takes little memory.
/// </summary>
internal sealed class PartialTile(ulong index)
{
    private readonly List<Hash>?[] _rows = new List<Hash>?[Tile.Height];

    /// <summary>Zero-based place among the tiles of its level.</summary>
    public ulong Index { get; } = index;

    /// <summary>A tile restored from its own hashes, at most 255 of them.</summary>
    public static PartialTile Restore(ulong index, ReadOnlySpan<Hash> hashes)
    {
        var tile = new PartialTile(index);
        foreach (ref readonly var hash in hashes)
            tile.Add(0, hash);
        for (var row = 1; row < Tile.Height; row++)
        {
            for (var position = 0; position < hashes.Length >> row; position++)
            {
                tile.Add(row, MerkleHash.Node(
                    tile.Read(row - 1, 2 * position), tile.Read(row - 1, 2 * position + 1)));
            }
        }

        return tile;
    }

    public void Add(int row, in Hash hash) => (_rows[row] ??= []).Add(hash);

    public Hash Read(int row, int position) => _rows[row]![position];

    /// <summary>The first <paramref name="width"/> hashes, as tlog-tiles serves a partial tile.</summary>
    public byte[] Hashes(int width) =>
        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_rows[0])[..width]).ToArray();

    /// <summary>The whole tile in the layout of <see cref="TileNodes"/>; it must be full.</summary>
    public byte[] Pack()
    {
        var nodes = new byte[TileNodes.SizeBytes];
        for (var row = 0; row < Tile.Height; row++)
        {
            MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_rows[row]))
                .CopyTo(nodes.AsSpan(TileNodes.IndexOf(row, 0) * Hash.SizeBytes));
        }

        return nodes;
    }
}
