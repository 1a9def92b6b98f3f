namespace Sequencer.Client;

/// <summary>
/// One boot of one enclave, as the gateway tells it: unverified until an audit or a receipt checks it.
/// </summary>
public sealed record LogEpoch
{
    /// <summary>The chain's size when this enclave took it over; 0 for the first.</summary>
    public required ulong StartSize { get; init; }

    /// <summary>The enclave's key, as vkey text of type 0x04.</summary>
    public required string CosignerKey { get; init; }

    /// <summary>The attestation document that binds the key to an image, as COSE_Sign1 bytes.</summary>
    public required ReadOnlyMemory<byte> AttestationDocument { get; init; }

    /// <summary>The handover from the epoch before, a signed note; null for the first epoch.</summary>
    public string? Handover { get; init; }
}
