using System.Numerics;

namespace Sequencer.Tlog;

/// <summary>Roots of any size from the perfect nodes of a larger or equal tree.</summary>
public static class TreeRoot
{
    /// <summary>
    /// The Merkle tree hash of the first <paramref name="size"/> leaves, in O(log size) reads.
    /// </summary>
    public static Hash Compute(ulong size, INodeReader nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return size == 0 ? MerkleHash.Empty : PerfectNodes.Fold(0, size, nodes);
    }

    /// <summary>
    /// The nodes whose hashes make the compact range of a size, largest first; one for every set bit.
    /// </summary>
    public static NodeId[] CompactRangeNodes(ulong size)
    {
        var nodes = new NodeId[BitOperations.PopCount(size)];
        var begin = 0UL;
        for (var i = 0; i < nodes.Length; i++)
        {
            var level = BitOperations.Log2(size - begin);
            nodes[i] = new NodeId(level, begin >> level);
            begin += 1UL << level;
        }

        return nodes;
    }
}
