using System.Numerics;

namespace Sequencer.Tlog;

/// <summary>Hashes of arbitrary parts of a tree, made from perfect subtrees alone.</summary>
internal static class PerfectNodes
{
    /// <summary>
    /// The hash of the leaves from <paramref name="begin"/> to before <paramref name="size"/>, which hang
    /// under one node: there is at least one, and <paramref name="begin"/> is a multiple of a power of two
    /// that is at least their number.
    /// </summary>
    public static Hash Fold(ulong begin, ulong size, INodeReader nodes)
    {
        // The lowest bits are the smallest subtrees, furthest right: the fold starts there.
        var count = size - begin;
        var hash = ReadLast(size, ref count, nodes, out var end);
        while (count != 0)
            hash = MerkleHash.Node(ReadLast(end, ref count, nodes, out end), hash);
        return hash;
    }

    /// <summary>
    /// Adds the hashes that lead from <paramref name="node"/> to the root of a tree of
    /// <paramref name="size"/> leaves, lowest first (RFC 6962, section 2.1.1, for a perfect node in place of
    /// the leaf).
    /// </summary>
    /// <param name="node">Where the way begins.</param>
    /// <param name="size">Number of leaves of the tree.</param>
    /// <param name="nodes">The tree's perfect nodes.</param>
    /// <param name="path">Where the hashes go.</param>
    /// <param name="edge">The right edge of that tree, if it is known.</param>
    public static void AddPath(
        NodeId node, ulong size, INodeReader nodes, List<Hash> path, RaggedEdge? edge = null)
    {
        var (level, index) = node;
        // Place of the last node of that level, perfect or not. Up to where the two ways to the root meet,
        // every sibling is perfect, except the highest: that one holds the tree's ragged right end.
        var last = (size - 1) >> level;
        var meet = BitLength(index ^ last);
        for (var i = 0; i < meet - 1; i++, level++, index >>= 1)
            path.Add(nodes.Read(new NodeId(level, index ^ 1)));
        if (meet > 0)
        {
            var begin = (index + 1) << level;
            path.Add(edge is not null && edge.TryRead(begin, out var end) ? end : Fold(begin, size, nodes));
            level++;
            index >>= 1;
        }

        // Above, the way follows the right edge: only left siblings exist.
        for (; index != 0; level++, index >>= 1)
        {
            if ((index & 1) != 0)
                path.Add(nodes.Read(new NodeId(level, index - 1)));
        }
    }

    private static Hash ReadLast(ulong end, ref ulong count, INodeReader nodes, out ulong begin)
    {
        var level = BitOperations.TrailingZeroCount(count);
        var width = 1UL << level;
        count -= width;
        begin = end - width;
        return nodes.Read(new NodeId(level, begin >> level));
    }

    private static int BitLength(ulong value) => 64 - BitOperations.LeadingZeroCount(value);
}
