using Sequencer.Tlog;

namespace Sequencer.Protocol;

/// <summary>A chain as the enclave last cosigned it.</summary>
/// <param name="Origin">The chain.</param>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Root of the tree of that size.</param>
/// <param name="Time">Time of the cosignature, in seconds since 1970.</param>
/// <param name="Cosignature">Ed25519 signature over the cosignature message; 64 bytes.</param>
/// <param name="Handover">Ed25519 signature of the note of the handover by which this very head was adopted,
/// at <paramref name="Time"/>; 64 bytes. Null for a new chain, and from the next head on.</param>
/// <param name="Proposal">What a chain of witnessed finality proposed beyond this head and has not sealed;
/// null for none.</param>
public sealed record Head(
    string Origin,
    ulong Size,
    Hash Root,
    ulong Time,
    ReadOnlyMemory<byte> Cosignature,
    ReadOnlyMemory<byte>? Handover = null,
    Proposal? Proposal = null);
