using System.Formats.Asn1;

namespace Sequencer.Attestation;

/// <summary>
/// The parts of a certificate (RFC 5280, 4.1) that X509Certificate2 does not hand out, or hands out in local
/// time: what is signed, by which algorithm, the signature, and the validity in UTC.
/// </summary>
internal readonly record struct CertificateEnvelope(
    ReadOnlyMemory<byte> SignedBytes,
    ReadOnlyMemory<byte> Signature,
    bool IsEcdsaWithSha384,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter)
{
    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>DER of the algorithm identifier ecdsa-with-SHA384 (RFC 5758, 3.2).</summary>
    private static ReadOnlySpan<byte> EcdsaWithSha384 =>
        [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];

    /// <exception cref="AsnContentException">The bytes are not the DER of a certificate.</exception>
    public static CertificateEnvelope Read(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var certificate = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var signedBytes = certificate.PeekEncodedValue();
        var signed = certificate.ReadSequence();
        var algorithm = certificate.ReadEncodedValue();
        if (!certificate.TryReadPrimitiveBitString(out var unusedBits, out var signature) || unusedBits != 0)
            throw new AsnContentException("the signature is not a string of whole bytes");
        certificate.ThrowIfNotEmpty();

        if (signed.PeekTag().HasSameClassAndValue(Version))
            signed.ReadEncodedValue();
        signed.ReadIntegerBytes();
        var innerAlgorithm = signed.ReadEncodedValue();
        signed.ReadSequence();
        var validity = signed.ReadSequence();
        var notBefore = ReadTime(validity);
        var notAfter = ReadTime(validity);
        validity.ThrowIfNotEmpty();
        return new CertificateEnvelope(
            signedBytes,
            signature,
            algorithm.Span.SequenceEqual(EcdsaWithSha384)
                && innerAlgorithm.Span.SequenceEqual(EcdsaWithSha384),
            notBefore,
            notAfter);
    }

    private static DateTimeOffset ReadTime(AsnReader validity) =>
        validity.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
            ? validity.ReadUtcTime()
            : validity.ReadGeneralizedTime();
}
