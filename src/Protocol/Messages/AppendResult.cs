using Sequencer.Tlog;

namespace Sequencer.Protocol;

/// <summary>What came of one item of an append: either <see cref="Refusal"/> or the rest.</summary>
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

    /// <summary>Time of the cosignature, in seconds since 1970.</summary>
    public ulong Time { get; init; }

    /// <summary>Ed25519 signature over the cosignature message; 64 bytes.</summary>
    public ReadOnlyMemory<byte> Cosignature { get; init; }

    /// <summary>
    /// The interior nodes that became perfect, in the order in which appending makes them, 32 bytes each;
    /// null when they were not asked for, or when this repeats an earlier answer.
    /// </summary>
    public ReadOnlyMemory<byte>? Nodes { get; init; }
}
