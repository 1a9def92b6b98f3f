using System.Formats.Cbor;
using System.Security.Cryptography;

namespace Sequencer.Attestation;

/// <summary>The signature of a COSE_Sign1 structure (RFC 9052, 4.4) with ES384 (RFC 9053, 2.1).</summary>
internal static class CoseSignature
{
    /// <summary>
    /// The bytes that are signed: the array of "Signature1", protected header, nothing, payload.
    /// </summary>
    public static byte[] SignedBytes(ReadOnlySpan<byte> payload)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(DocumentReader.ProtectedHeader);
        writer.WriteByteString([]);
        writer.WriteByteString(payload);
        writer.WriteEndArray();
        return writer.Encode();
    }

    public static bool Verify(ECDsa key, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature) =>
        key.VerifyData(SignedBytes(payload), signature, HashAlgorithmName.SHA384,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
