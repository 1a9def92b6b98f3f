using System.Globalization;
using System.Numerics;
using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>RFC 6962 trees as the RFC defines them: recursively, from all leaves.</summary>
internal static class Tree
{
    /// <summary>Leaves that differ by their number.</summary>
    public static Hash[] Leaves(int first, int count) =>
    [
        .. Enumerable.Range(first, count).Select(i =>
            MerkleHash.Leaf(Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)))),
    ];

    public static Hash Root(ReadOnlySpan<Hash> leaves)
    {
        if (leaves.Length <= 1)
            return leaves.Length == 0 ? MerkleHash.Empty : leaves[0];
        var left = (int)BitOperations.RoundUpToPowerOf2((uint)leaves.Length) / 2;
        return MerkleHash.Node(Root(leaves[..left]), Root(leaves[left..]));
    }

    /// <summary>Roots of the perfect subtrees that tile the leaves, largest first.</summary>
    public static Hash[] Range(ReadOnlySpan<Hash> leaves)
    {
        var hashes = new List<Hash>();
        while (!leaves.IsEmpty)
        {
            var width = 1 << BitOperations.Log2((uint)leaves.Length);
            hashes.Add(Root(leaves[..width]));
            leaves = leaves[width..];
        }

        return [.. hashes];
    }
}
