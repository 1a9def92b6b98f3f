using System.Runtime.InteropServices;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Fixtures;

/// <summary>
/// A whole tree in memory: every perfect node, for proofs and tiles of any size up to its own.
/// </summary>
internal sealed class TestTree : INodeReader
{
    private readonly List<Hash[]> _levels = [];

    public TestTree(IEnumerable<byte[]> entries)
    {
        _levels.Add([.. entries.Select(entry => MerkleHash.Leaf(entry))]);
        while (_levels[^1].Length > 1)
        {
            var below = _levels[^1];
            var level = new Hash[below.Length / 2];
            for (var i = 0; i < level.Length; i++)
                level[i] = MerkleHash.Node(below[2 * i], below[2 * i + 1]);
            _levels.Add(level);
        }
    }

    public Hash Read(NodeId node) => _levels[node.Level][node.Index];

    public Hash RootAt(ulong size) => TreeRoot.Compute(size, this);

    public byte[] Tile(TileId tile)
    {
        var hashes = _levels[tile.Level * Tlog.Tile.Height]
            .AsSpan((int)tile.Index * Tlog.Tile.Width, tile.Width);
        return MemoryMarshal.AsBytes(hashes).ToArray();
    }
}
