using System.Buffers;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>The places that a submission's entries took, with what proves them.</summary>
public sealed class SequencedRange
{
    private readonly ChainTree _tree;
    private readonly SignedCheckpoint _checkpoint;

    internal SequencedRange(
        ChainTree tree, SignedCheckpoint checkpoint, ulong firstIndex, int count, ulong createdAt,
        bool isWitnessed = false)
    {
        _tree = tree;
        _checkpoint = checkpoint;
        FirstIndex = firstIndex;
        Count = count;
        IsWitnessed = isWitnessed;
        CreatedAt = DateTimeOffset.FromUnixTimeSeconds((long)createdAt);
    }

    /// <summary>Index of the first entry.</summary>
    public ulong FirstIndex { get; }

    /// <summary>Number of entries.</summary>
    public int Count { get; }

    /// <summary>Time of the first cosignature that covers them all, in whole seconds.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>The signed checkpoint, UTF-8.</summary>
    public ReadOnlyMemory<byte> Checkpoint => _checkpoint.Note;

    /// <summary>Leaf hash of the entry at <paramref name="offset"/> from the first.</summary>
    public Hash LeafHash(int offset) => _tree.Read(new NodeId(0, IndexOf(offset)));

    /// <summary>Writes the receipt (tlog-proof, UTF-8) of the entry at <paramref name="offset"/>.</summary>
    public void WriteReceipt(int offset, IBufferWriter<byte> destination)
    {
        var index = IndexOf(offset);
        TlogProof.Write(destination, index, _tree.Prove(index, _checkpoint.Size), _checkpoint.Note.Span);
    }

    /// <summary>Whether the checkpoint carries a quorum of witnesses' cosignatures.</summary>
    public bool IsWitnessed { get; }

    /// <summary>The same places, proven by a later checkpoint that has its quorum.</summary>
    internal SequencedRange Witnessed(SignedCheckpoint checkpoint) =>
        new(_tree, checkpoint, FirstIndex, Count, (ulong)CreatedAt.ToUnixTimeSeconds(), isWitnessed: true);

    /// <summary>One of the entries, by itself.</summary>
    internal SequencedRange One(int offset) =>
        new(_tree, _checkpoint, IndexOf(offset), count: 1, (ulong)CreatedAt.ToUnixTimeSeconds(), IsWitnessed);

    private ulong IndexOf(int offset) =>
        offset >= 0 && offset < Count
            ? FirstIndex + (ulong)offset
            : throw new ArgumentOutOfRangeException(nameof(offset), offset, $"There are {Count} entries.");
}
