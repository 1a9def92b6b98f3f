namespace Sequencer.Tlog;

/// <summary>
/// Proofs that a perfect subtree stands in a tree: an <see cref="InclusionProof"/> for a node in place of a
/// leaf. Since the shape of a tree follows from its size, two trees with different hashes at the same node
/// cannot both be of one append-only list.
/// </summary>
public static class SubtreeProof
{
    /// <summary>Whether all leaves below a node exist in a tree of <paramref name="size"/> leaves.</summary>
    public static bool IsPerfect(NodeId node, ulong size) =>
        node.Level is >= 0 and < 63 && node.Index < size >> node.Level;

    /// <summary>Makes the proof in O(log size) reads of perfect nodes, the node's sibling first.</summary>
    /// <exception cref="TlogException">With <see cref="TlogError.IndexOutOfRange"/>.</exception>
    public static Hash[] Build(NodeId node, ulong size, INodeReader nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        CheckPerfect(node, size);
        var path = new List<Hash>();
        PerfectNodes.AddPath(node, size, nodes, path);
        return [.. path];
    }

    /// <summary>The root that a node's hash and its proof lead to.</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.IndexOutOfRange"/> or <see cref="TlogError.WrongProofLength"/>.
    /// </exception>
    public static Hash RootFrom(NodeId node, ulong size, in Hash hash, ReadOnlySpan<Hash> proof)
    {
        CheckPerfect(node, size);
        // Counted in subtrees of this height, the last of them perhaps ragged, the tree has the same shape.
        return InclusionProof.RootFrom(node.Index, ((size - 1) >> node.Level) + 1, hash, proof);
    }

    private static void CheckPerfect(NodeId node, ulong size)
    {
        if (!IsPerfect(node, size))
        {
            throw new TlogException(TlogError.IndexOutOfRange,
                $"The subtree {node.Index} of level {node.Level} is not whole in a tree of {size} leaves.");
        }
    }
}
