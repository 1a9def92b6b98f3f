using System.Numerics;

namespace Sequencer.Tlog;

/// <summary>
/// The hashes of a tree's ragged right end: of all leaves from one of its perfect subtrees on, for each of them.
/// A proof needs at most one of them, and most proofs for one size need the same ones: made once, they spare
/// each proof the hashing of the right end. Never changed once made.
/// </summary>
public sealed class RaggedEdge
{
    // At place i the hash of the last i + 1 perfect subtrees.
    private readonly Hash[] _ends;

    private RaggedEdge(ulong size, Hash[] ends) => (Size, _ends) = (size, ends);

    /// <summary>Number of leaves of the tree.</summary>
    public ulong Size { get; }

    /// <summary>The Merkle tree hash of all leaves (RFC 6962, section 2.1): the edge's highest node.</summary>
    public Hash Root => _ends.Length == 0 ? MerkleHash.Empty : _ends[^1];

    /// <summary>Makes the right edge of a tree of <paramref name="size"/> leaves.</summary>
    public static RaggedEdge Of(ulong size, INodeReader nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var subtrees = TreeRoot.CompactRangeNodes(size);
        var ends = new Hash[subtrees.Length];
        for (var i = 0; i < ends.Length; i++)
        {
            var subtree = nodes.Read(subtrees[^(i + 1)]);
            ends[i] = i == 0 ? subtree : MerkleHash.Node(subtree, ends[i - 1]);
        }

        return new RaggedEdge(size, ends);
    }

    /// <summary>The hash of the leaves from <paramref name="begin"/> on; false when no perfect subtree of the
    /// edge begins there.</summary>
    internal bool TryRead(ulong begin, out Hash hash)
    {
        // Where one begins, what is left of the size are the lowest of its bits.
        var left = Size - begin;
        var isThere = left != 0 && (Size & (ulong.MaxValue >> BitOperations.LeadingZeroCount(left))) == left;
        hash = isThere ? _ends[BitOperations.PopCount(left) - 1] : default;
        return isThere;
    }
}
