namespace Sequencer.Attestation;

/// <summary>
/// An AWS Nitro attestation document that has the right form. Nothing in it is to be believed before
/// <see cref="AttestationVerifier"/> has verified it.
/// </summary>
public sealed class AttestationDocument
{
    /// <summary>Longest payload (Nitro attestation process, "syntactical validation"), in bytes.</summary>
    public const int MaxPayloadSize = 16_384;

    /// <summary>Longest document: payload, signature, and room for the COSE headers, in bytes.</summary>
    public const int MaxSize = MaxPayloadSize + 128;

    /// <summary>
    /// Longest user_data, nonce or public_key, in bytes; real documents carry this much in each.
    /// </summary>
    public const int MaxFieldSize = 1024;

    /// <summary>Length of a PCR value, of SHA-384, in bytes.</summary>
    public const int PcrSize = 48;

    internal AttestationDocument(ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> signature)
    {
        Payload = payload;
        Signature = signature;
    }

    /// <summary>The document as it was parsed, a private copy.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Names the instance and the enclave: <c>i-…-enc…</c>.</summary>
    public required string ModuleId { get; init; }

    /// <summary>When the NSM made the document, in milliseconds since 1970-01-01 UTC.</summary>
    public required ulong TimestampMs { get; init; }

    /// <summary>When the NSM made the document.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.FromUnixTimeMilliseconds((long)TimestampMs);

    /// <summary>The locked PCRs by index, 48 bytes each, zero ones included.</summary>
    public required IReadOnlyDictionary<int, ReadOnlyMemory<byte>> Pcrs { get; init; }

    /// <summary>The leaf certificate, DER.</summary>
    public required ReadOnlyMemory<byte> Certificate { get; init; }

    /// <summary>The issuers, DER: the root first, the leaf's issuer last.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> CaBundle { get; init; }

    /// <summary>Null where the field was null or absent; an empty field is empty, not null.</summary>
    public required ReadOnlyMemory<byte>? PublicKey { get; init; }

    /// <inheritdoc cref="PublicKey"/>
    public required ReadOnlyMemory<byte>? UserData { get; init; }

    /// <inheritdoc cref="PublicKey"/>
    public required ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>
    /// Keys of the payload that this verifier does not know. They are signed but not interpreted.
    /// </summary>
    public required IReadOnlyList<string> UnknownKeys { get; init; }

    internal ReadOnlyMemory<byte> Payload { get; }

    /// <summary>r ‖ s, 48 + 48 bytes. Malleable (s and n − s both verify): never an identity.</summary>
    internal ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Parses a document, strictly, and verifies nothing.</summary>
    /// <exception cref="AttestationException">The form is not that of a Nitro document.</exception>
    public static AttestationDocument Parse(ReadOnlyMemory<byte> bytes) =>
        DocumentReader.Read(bytes, anySignature: false);

    /// <summary>
    /// Reads the statements in a document that the caller just took from its own <see cref="INsm"/> and
    /// trusts for that reason alone. Algorithm and signature are not looked at, since an emulated module
    /// signs nothing; everything else is as strict as in <see cref="Parse"/>.
    /// </summary>
    /// <exception cref="AttestationException">The form is not that of a Nitro document.</exception>
    public static AttestationDocument ParseFromOwnNsm(ReadOnlyMemory<byte> bytes) =>
        DocumentReader.Read(bytes, anySignature: true);
}
