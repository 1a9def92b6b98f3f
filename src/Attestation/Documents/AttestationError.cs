namespace Sequencer.Attestation;

/// <summary>Why a document was refused: one member for each rule that can fail.</summary>
public enum AttestationError
{
    /// <summary>The whole document is longer than any real one can be.</summary>
    DocumentTooLarge,

    /// <summary>The bytes are not well-formed CBOR, or end too early.</summary>
    Malformed,

    /// <summary>Bytes follow the COSE structure or the payload map.</summary>
    TrailingBytes,

    /// <summary>A CBOR tag other than 18 (COSE_Sign1), or a second tag.</summary>
    WrongTag,

    /// <summary>Not an array of four: protected, unprotected, payload, signature.</summary>
    WrongEnvelope,

    /// <summary>The protected header is not exactly {1: -35}, that is ES384.</summary>
    WrongAlgorithm,

    /// <summary>The unprotected header is not an empty map.</summary>
    UnprotectedHeader,

    /// <summary>The payload is longer than 16,384 bytes.</summary>
    PayloadTooLarge,

    /// <summary>The signature is not 96 bytes.</summary>
    SignatureLength,

    /// <summary>A map key occurs twice.</summary>
    DuplicateKey,

    /// <summary>The payload map has more keys than the verifier reads.</summary>
    TooManyKeys,

    /// <summary>A field that every document has is absent.</summary>
    MissingField,

    /// <summary>A field or key has another CBOR type than the format demands.</summary>
    WrongType,

    /// <summary>A field is shorter or longer than the format allows.</summary>
    WrongLength,

    /// <summary>The digest is not SHA384.</summary>
    WrongDigest,

    /// <summary>The timestamp is zero or lies outside the calendar.</summary>
    WrongTimestamp,

    /// <summary>The PCR map is empty, too long, or has an index outside 0 to 31.</summary>
    WrongPcrs,

    /// <summary>The certificate bundle is empty or longer than a Nitro chain can be.</summary>
    WrongBundle,

    /// <summary>A certificate is not one DER certificate and nothing else.</summary>
    CertificateMalformed,

    /// <summary>The first certificate of the bundle is not the pinned root.</summary>
    RootNotTrusted,

    /// <summary>A certificate's key is not EC P-384, or it is not signed by ecdsa-with-SHA384.</summary>
    WrongKeyType,

    /// <summary>An issuer is not a certificate authority, or the leaf is one.</summary>
    BasicConstraints,

    /// <summary>More authorities follow than an issuer's path length allows.</summary>
    PathLength,

    /// <summary>An issuer may not sign certificates, or the leaf may not sign documents.</summary>
    KeyUsage,

    /// <summary>A certificate has a critical extension that no rule here reads.</summary>
    CriticalExtension,

    /// <summary>A certificate is not valid yet at the time of verification.</summary>
    NotYetValid,

    /// <summary>A certificate has expired at the time of verification.</summary>
    Expired,

    /// <summary>A certificate was not issued by the one before it in the bundle.</summary>
    ChainBroken,

    /// <summary>The leaf's key did not sign this payload.</summary>
    BadSignature,

    /// <summary>PCR0, PCR1 or PCR2 is absent.</summary>
    PcrMissing,

    /// <summary>PCR0, PCR1 or PCR2 is all zero: the enclave ran in debug mode.</summary>
    DebugMode,

    /// <summary>The PCRs are those of no accepted image.</summary>
    ImageNotAccepted,

    /// <summary>The nonce is absent or not the expected one.</summary>
    NonceMismatch,

    /// <summary>The public key is absent or not the expected one.</summary>
    PublicKeyMismatch,

    /// <summary>The user data are absent or not the expected ones.</summary>
    UserDataMismatch,

    /// <summary>The document's own time is after the time of verification.</summary>
    FromFuture,

    /// <summary>The document is older than the policy allows.</summary>
    TooOld,

    /// <summary>The user data do not name a cosigner and a protocol in this system's form.</summary>
    BindingMalformed,
}
