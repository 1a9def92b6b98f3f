using Sequencer.Tlog;

namespace Sequencer.Protocol;

/// <summary>
/// What came of one item of an append: <see cref="Refusal"/>, or the rest with either a
/// <see cref="Cosignature"/> or, on a chain of witnessed finality, a <see cref="Proposal"/>.
/// </summary>
public sealed record AppendResult
{
    /// <summary>Why the item was refused, or null.</summary>
    public EnclaveRefusal? Refusal { get; init; }

    /// <summary>Index of the item's first leaf.</summary>
    public ulong FirstIndex { get; init; }

    /// <summary>The chain's size after the item.</summary>
    public ulong NewSize { get; init; }

    /// <summary>Root of the tree of that size.</summary>
    public Hash Root { get; init; }

    /// <summary>Time of the cosignature, in seconds since 1970; 0 for a proposal.</summary>
    public ulong Time { get; init; }

    /// <summary>Ed25519 signature over the cosignature message; 64 bytes, none for a proposal.</summary>
    public ReadOnlyMemory<byte> Cosignature { get; init; }

    /// <summary>
    /// Ed25519 signature of the checkpoint's note text (type 0x01, under the cosigner's name); 64 bytes. Null
    /// where the checkpoint was cosigned.
    /// </summary>
    public ReadOnlyMemory<byte>? Proposal { get; init; }

    /// <summary>
    /// The interior nodes that became perfect, in the order in which appending makes them, 32 bytes each;
    /// null when they were not asked for, or when this repeats an earlier answer.
    /// </summary>
    public ReadOnlyMemory<byte>? Nodes { get; init; }
}
