using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// One boot of one enclave, as its verified attestation document states it: the key that it made, the name
/// that it cosigns under, and the image that it runs. Only <see cref="EnclaveVerifier"/> makes one.
/// </summary>
public sealed record VerifiedEnclave
{
    internal VerifiedEnclave()
    {
    }

    /// <summary>The key of its cosignatures, of type 0x04.</summary>
    public required VerifierKey Key { get; init; }

    /// <summary>Version of the protocol between gateway and enclave.</summary>
    public required int ProtocolVersion { get; init; }

    public required VerifiedAttestation Attestation { get; init; }
}
