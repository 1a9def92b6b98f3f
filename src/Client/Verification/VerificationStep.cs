namespace Sequencer.Client;

/// <summary>
/// The parts of a receipt's verification, in the order in which they are reported. Members are stable.
/// </summary>
public enum VerificationStep
{
    /// <summary>The receipt is a C2SP tlog-proof over a signed checkpoint, within all limits.</summary>
    Form,

    /// <summary>
    /// The transaction is a possible entry, so that it has a leaf hash (RFC 6962, section 2.1).
    /// </summary>
    LeafHash,

    /// <summary>The proof leads from the leaf hash at the index to the checkpoint's root.</summary>
    Inclusion,

    /// <summary>
    /// The checkpoint names a log of the policy and carries a good signature by that log's key.
    /// </summary>
    LogSignature,

    /// <summary>
    /// The attestation document holds: form, chain from the pinned root at the document's own time,
    /// signature, and PCR0, PCR1 and PCR2 of an accepted image. A report has one line for each of its rules.
    /// </summary>
    Attestation,

    /// <summary>The document binds an Ed25519 key and a cosigner's name, in the sequencer's form.</summary>
    Binding,

    /// <summary>The checkpoint carries a good cosignature by that key under that name.</summary>
    EnclaveCosignature,

    /// <summary>The checkpoint carries the quorum of witnesses that the policy demands.</summary>
    Witnesses,
}
