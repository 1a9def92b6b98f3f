using Sequencer.Client;

namespace Sequencer.Witness;

/// <summary>
/// That a log's checkpoints must carry its enclave's word, and how such an enclave is known.
/// </summary>
internal sealed record EnclaveRule
{
    /// <summary>Judges attestation documents by the accepted images and the root.</summary>
    public required EnclaveVerifier Verifier { get; init; }

    /// <summary>The name that the enclave signs under; its key is bound to it.</summary>
    public required string CosignerName { get; init; }

    /// <summary>
    /// URL of the log, to which <c>/epochs</c> is added; below a prefix, to which <c>/&lt;chain
    /// id&gt;/epochs</c> is.
    /// </summary>
    public required Uri Address { get; init; }

    /// <summary>The name of the enclaves of a log prefix (docs/architecture.md).</summary>
    public static string NameBelow(string logPrefix, bool isSimulated) =>
        logPrefix + (isSimulated ? "/_simulated-enclave" : "/_enclave");
}
