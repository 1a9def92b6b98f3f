namespace Sequencer.Tlog.Tests;

/// <summary>A tree in memory that serves perfect nodes only, and counts how many were read.</summary>
internal sealed class MemoryTree : INodeReader
{
    private readonly Dictionary<NodeId, Hash> _nodes = [];

    public MemoryTree(IReadOnlyList<Hash> leaves)
    {
        Leaves = [.. leaves];
        for (var i = 0; i < leaves.Count; i++)
            _nodes[new NodeId(0, (ulong)i)] = leaves[i];
        for (var level = 1; leaves.Count >> level != 0; level++)
        {
            for (var i = 0UL; i < (ulong)(leaves.Count >> level); i++)
            {
                var left = _nodes[new NodeId(level - 1, 2 * i)];
                var right = _nodes[new NodeId(level - 1, 2 * i + 1)];
                _nodes[new NodeId(level, i)] = MerkleHash.Node(left, right);
            }
        }
    }

    public Hash[] Leaves { get; }

    public int Reads { get; private set; }

    /// <summary>A tree of <paramref name="size"/> leaves that all differ.</summary>
    public static MemoryTree OfSize(int size) =>
        new([.. Enumerable.Range(0, size).Select(i => MerkleHash.Leaf(BitConverter.GetBytes(i)))]);

    public Hash Read(NodeId node)
    {
        Reads++;
        return _nodes[node];
    }

    public ReadOnlySpan<Hash> First(int size) => Leaves.AsSpan(0, size);
}
