using System.Numerics;

namespace Sequencer.Tlog;

/// <summary>Proofs that an older tree is a prefix of a newer one (RFC 6962, section 2.1.2).</summary>
public static class ConsistencyProof
{
    /// <summary>
    /// Makes the proof in O(log size) reads of perfect nodes; empty from size 0 and between equal sizes.
    /// </summary>
    /// <exception cref="TlogException">With <see cref="TlogError.SizesReversed"/>.</exception>
    public static Hash[] Build(ulong oldSize, ulong newSize, INodeReader nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        CheckSizes(oldSize, newSize);
        if (oldSize == 0 || oldSize == newSize)
            return [];
        // The proof is the path of the last perfect node of the old tree; the verifier knows that node's hash
        // already when it is the whole old tree.
        var level = BitOperations.TrailingZeroCount(oldSize);
        var node = new NodeId(level, (oldSize - 1) >> level);
        var proof = new List<Hash>();
        if (node.Index != 0)
            proof.Add(nodes.Read(node));
        PerfectNodes.AddPath(node, newSize, nodes, proof);
        return [.. proof];
    }

    /// <summary>
    /// Returns when the tree of <paramref name="oldRoot"/> is a prefix of the tree of
    /// <paramref name="newRoot"/> (RFC 9162, section 2.1.4.2). From size 0 the proof is empty and says
    /// nothing of the new root.
    /// </summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.SizesReversed"/>, <see cref="TlogError.WrongProofLength"/> or
    /// <see cref="TlogError.RootMismatch"/>.
    /// </exception>
    public static void Verify(
        ulong oldSize, in Hash oldRoot, ulong newSize, in Hash newRoot, ReadOnlySpan<Hash> proof)
    {
        CheckSizes(oldSize, newSize);
        if (oldSize == 0 || oldSize == newSize)
        {
            if (!proof.IsEmpty)
                throw WrongLength(oldSize, newSize, proof.Length);
            var expected = oldSize == 0 ? MerkleHash.Empty : newRoot;
            CheckRoot("older", oldSize, expected, oldRoot);
            CheckRoot("newer", newSize, newSize == 0 ? MerkleHash.Empty : newRoot, newRoot);
            return;
        }

        var (computedOld, computedNew) = Roots(oldSize, oldRoot, newSize, proof);
        CheckRoot("older", oldSize, computedOld, oldRoot);
        CheckRoot("newer", newSize, computedNew, newRoot);
    }

    private static (Hash Old, Hash New) Roots(
        ulong oldSize, in Hash oldRoot, ulong newSize, ReadOnlySpan<Hash> proof)
    {
        var level = BitOperations.TrailingZeroCount(oldSize);
        var place = (oldSize - 1) >> level;
        var last = (newSize - 1) >> level;
        var rest = proof;
        var oldHash = oldRoot;
        if (place != 0)
        {
            if (rest.IsEmpty)
                throw WrongLength(oldSize, newSize, proof.Length);
            oldHash = rest[0];
            rest = rest[1..];
        }

        var newHash = oldHash;
        foreach (ref readonly var sibling in rest)
        {
            if (last == 0)
                throw WrongLength(oldSize, newSize, proof.Length);
            if ((place & 1) != 0 || place == last)
            {
                oldHash = MerkleHash.Node(sibling, oldHash);
                newHash = MerkleHash.Node(sibling, newHash);
                while ((place & 1) == 0 && place != 0)
                {
                    place >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                newHash = MerkleHash.Node(newHash, sibling);
            }

            place >>= 1;
            last >>= 1;
        }

        return last == 0 ? (oldHash, newHash) : throw WrongLength(oldSize, newSize, proof.Length);
    }

    private static void CheckSizes(ulong oldSize, ulong newSize)
    {
        if (oldSize > newSize)
        {
            throw new TlogException(TlogError.SizesReversed,
                $"The older size {oldSize} is above the newer size {newSize}: a log never shrinks.");
        }
    }

    private static void CheckRoot(string which, ulong size, in Hash computed, in Hash root)
    {
        if (computed != root)
        {
            throw new TlogException(TlogError.RootMismatch,
                $"By the consistency proof the {which} tree, of {size} leaves, has root {computed}, "
                + $"not {root}.");
        }
    }

    private static TlogException WrongLength(ulong oldSize, ulong newSize, int length) =>
        new(TlogError.WrongProofLength,
            $"A consistency proof from size {oldSize} to {newSize} does not have {length} hashes.");
}
