using System.Numerics;

namespace Sequencer.Tlog;

/// <summary>
/// The least state that can append to an RFC 6962 tree: the roots of the perfect subtrees that tile
/// <c>[0, Size)</c>, largest first, one for every set bit of the size. Not safe for concurrent use.
/// </summary>
public sealed class CompactRange
{
    /// <summary>
    /// Most leaves a tree may have: 2^63-1, so that a size fits the signed 64 bits other readers use.
    /// </summary>
    public const ulong MaxSize = long.MaxValue;

    private readonly Hash[] _hashes = new Hash[63];
    private int _count;

    /// <summary>Number of leaves.</summary>
    public ulong Size { get; private set; }

    /// <summary>The subtree roots, largest subtree first; <c>PopCount(Size)</c> of them.</summary>
    public ReadOnlySpan<Hash> Hashes => _hashes.AsSpan(0, _count);

    /// <summary>
    /// Restores a range; null when the number of hashes does not belong to <paramref name="size"/>, or the
    /// size is above <see cref="MaxSize"/>.
    /// </summary>
    public static CompactRange? TryCreate(ulong size, ReadOnlySpan<Hash> hashes)
    {
        if (size > MaxSize || hashes.Length != BitOperations.PopCount(size))
            return null;
        var range = new CompactRange { Size = size, _count = hashes.Length };
        hashes.CopyTo(range._hashes);
        return range;
    }

    public CompactRange Clone() => TryCreate(Size, Hashes)!;

    /// <summary>
    /// Appends one leaf hash. Every interior node that becomes perfect is added to
    /// <paramref name="created"/>, lowest first; there are <c>TrailingZeroCount(Size)</c> of them, counted at
    /// the new size.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// When the tree already holds <see cref="MaxSize"/> leaves.
    /// </exception>
    public void Append(in Hash leaf, List<Hash>? created = null)
    {
        if (Size == MaxSize)
            throw new InvalidOperationException($"The tree is full: it holds {MaxSize} leaves.");
        var node = leaf;
        // Each trailing one bit of the old size is a subtree of equal height to merge with.
        for (var size = Size; (size & 1) != 0; size >>= 1)
        {
            node = MerkleHash.Node(_hashes[--_count], node);
            created?.Add(node);
        }

        _hashes[_count++] = node;
        Size++;
    }

    /// <summary>
    /// The Merkle tree hash of all leaves (RFC 6962, section 2.1); of none, SHA-256 of nothing.
    /// </summary>
    public Hash Root()
    {
        if (_count == 0)
            return MerkleHash.Empty;
        var root = _hashes[_count - 1];
        for (var i = _count - 2; i >= 0; i--)
            root = MerkleHash.Node(_hashes[i], root);
        return root;
    }
}
