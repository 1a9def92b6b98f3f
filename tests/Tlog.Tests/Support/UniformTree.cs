using System.Numerics;

namespace Sequencer.Tlog.Tests;

/// <summary>
/// A tree of any size up to 2^63-1 whose leaves are all the same, so that a node's hash depends on its level
/// alone and huge trees can be computed. It refuses to serve a node that is not complete at its size.
/// </summary>
internal sealed class UniformTree(ulong size) : INodeReader
{
    private static readonly Hash[] Levels = MakeLevels();

    public static Hash Leaf => Levels[0];

    public int Reads { get; private set; }

    /// <summary>
    /// The recursion of RFC 6962, section 2.1, which meets only one ragged node on each level.
    /// </summary>
    public static Hash RootOf(ulong size)
    {
        if (BitOperations.IsPow2(size))
            return Levels[BitOperations.Log2(size)];
        var split = BitOperations.Log2(size);
        return MerkleHash.Node(Levels[split], RootOf(size - (1UL << split)));
    }

    public Hash Read(NodeId node)
    {
        Reads++;
        node.Index.Should().BeLessThan(size >> node.Level, "only complete nodes exist");
        return Levels[node.Level];
    }

    private static Hash[] MakeLevels()
    {
        var levels = new Hash[63];
        levels[0] = MerkleHash.Leaf("same"u8);
        for (var i = 1; i < levels.Length; i++)
            levels[i] = MerkleHash.Node(levels[i - 1], levels[i - 1]);
        return levels;
    }
}
