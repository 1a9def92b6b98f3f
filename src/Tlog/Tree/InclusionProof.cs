using System.Numerics;

namespace Sequencer.Tlog;

/// <summary>
/// Proofs that a leaf stands at an index (RFC 6962, section 2.1.1): sibling hashes, lowest first.
/// </summary>
public static class InclusionProof
{
    /// <summary>Most hashes a proof has, for the largest tree.</summary>
    public const int MaxHashes = 63;

    /// <summary>Makes the proof for one leaf in O(log size) reads of perfect nodes.</summary>
    /// <exception cref="TlogException">With <see cref="TlogError.IndexOutOfRange"/>.</exception>
    public static Hash[] Build(ulong index, ulong size, INodeReader nodes) => Build(index, size, nodes, edge: null);

    /// <summary>The same in the tree whose right edge is given, which spares hashing it.</summary>
    /// <exception cref="TlogException">With <see cref="TlogError.IndexOutOfRange"/>.</exception>
    public static Hash[] Build(ulong index, INodeReader nodes, RaggedEdge edge)
    {
        ArgumentNullException.ThrowIfNull(edge);
        return Build(index, edge.Size, nodes, edge);
    }

    /// <summary>The root that a leaf and its proof lead to (RFC 9162, section 2.1.3.2).</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.IndexOutOfRange"/> or <see cref="TlogError.WrongProofLength"/>.
    /// </exception>
    public static Hash RootFrom(ulong index, ulong size, in Hash leaf, ReadOnlySpan<Hash> proof)
    {
        CheckIndex(index, size);
        var place = index;
        var last = size - 1;
        var root = leaf;
        foreach (ref readonly var sibling in proof)
        {
            if (last == 0)
                throw WrongLength(index, size, proof.Length);
            if ((place & 1) != 0 || place == last)
            {
                root = MerkleHash.Node(sibling, root);
                // On the right edge, levels where this node has no sibling are skipped.
                while ((place & 1) == 0 && place != 0)
                {
                    place >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                root = MerkleHash.Node(root, sibling);
            }

            place >>= 1;
            last >>= 1;
        }

        return last == 0 ? root : throw WrongLength(index, size, proof.Length);
    }

    /// <summary>Returns when the proof leads from the leaf to <paramref name="root"/>.</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.IndexOutOfRange"/>, <see cref="TlogError.WrongProofLength"/> or
    /// <see cref="TlogError.RootMismatch"/>.
    /// </exception>
    public static void Verify(ulong index, ulong size, in Hash leaf, ReadOnlySpan<Hash> proof, in Hash root)
    {
        var computed = RootFrom(index, size, leaf, proof);
        if (computed != root)
        {
            throw new TlogException(TlogError.RootMismatch,
                $"The inclusion proof for index {index} of {size} leads to root {computed}, not to {root}: "
                + "the entry, its index or the proof is not the one that was logged.");
        }
    }

    private static Hash[] Build(ulong index, ulong size, INodeReader nodes, RaggedEdge? edge)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        CheckIndex(index, size);
        var path = new List<Hash>(BitOperations.Log2(size) + 1);
        PerfectNodes.AddPath(new NodeId(0, index), size, nodes, path, edge);
        return [.. path];
    }

    private static void CheckIndex(ulong index, ulong size)
    {
        if (index >= size)
        {
            throw new TlogException(TlogError.IndexOutOfRange,
                $"Index {index} is not in a tree of {size} leaves; it must be below the size.");
        }
    }

    private static TlogException WrongLength(ulong index, ulong size, int length) =>
        new(TlogError.WrongProofLength,
            $"An inclusion proof for index {index} of {size} does not have {length} hashes.");
}
