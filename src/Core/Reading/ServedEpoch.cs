namespace Sequencer.Core;

/// <summary>One epoch's part in a chain, as it is served.</summary>
/// <param name="StartSize">Size from which the epoch went on.</param>
/// <param name="CosignerKey">The epoch's key (vkey).</param>
/// <param name="Document">The attestation document that binds the key.</param>
/// <param name="Handover">The signed handover note, null where the epoch created the chain.</param>
public sealed record ServedEpoch(
    ulong StartSize, string CosignerKey, ReadOnlyMemory<byte> Document, string? Handover);
