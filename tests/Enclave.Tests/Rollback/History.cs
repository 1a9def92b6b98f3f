using System.Numerics;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests.Rollback;

/// <summary>One possible history of a chain: all of its leaves, and the checkpoint that names them.</summary>
internal sealed class History(string origin, Hash[] leaves)
{
    public string Origin => origin;

    public Hash[] Leaves => leaves;

    public Checkpoint Checkpoint { get; } = new(origin, (ulong)leaves.Length, Tree.Root(leaves));

    public bool IsPrefixOf(History other) =>
        leaves.Length <= other.Leaves.Length && other.Leaves.AsSpan(0, leaves.Length).SequenceEqual(leaves);

    public bool Contradicts(History other) => !IsPrefixOf(other) && !other.IsPrefixOf(this);

    public History With(IEnumerable<Hash> more) => new(origin, [.. leaves, .. more]);

    /// <summary>The consistency proof from a smaller size (RFC 6962, section 2.1.2).</summary>
    public Hash[] ProofFrom(int size) =>
        size == 0 || size == leaves.Length ? [] : SubProof(size, leaves, isWhole: true);

    public override string ToString() => $"{origin[(Epoch.Prefix.Length + 1)..]}/{leaves.Length}";

    private static Hash[] SubProof(int size, ReadOnlySpan<Hash> leaves, bool isWhole)
    {
        if (size == leaves.Length)
            return isWhole ? [] : [Tree.Root(leaves)];
        var left = (int)BitOperations.RoundUpToPowerOf2((uint)leaves.Length) / 2;
        return size <= left
            ? [.. SubProof(size, leaves[..left], isWhole), Tree.Root(leaves[left..])]
            : [.. SubProof(size - left, leaves[left..], isWhole: false), Tree.Root(leaves[..left])];
    }
}
