using System.Formats.Cbor;

namespace Sequencer.Attestation;

/// <summary>
/// Reads the COSE_Sign1 envelope (RFC 9052, 4.2) and hands the payload to <see cref="PayloadReader"/>. Both
/// readers run in lax mode on purpose: the strict mode compares map keys by their encoding, so that index 0
/// written as 00 and as 1800 passes as two keys; here keys are compared by value.
/// </summary>
internal static class DocumentReader
{
    public const int SignatureSize = 96;

    private const CborTag CoseSign1Tag = (CborTag)18;

    /// <summary>{1: -35}: the algorithm is ES384, and nothing else is in the header.</summary>
    public static ReadOnlySpan<byte> ProtectedHeader => [0xa1, 0x01, 0x38, 0x22];

    /// <param name="bytes">The document; it is copied.</param>
    /// <param name="anySignature">Lets any algorithm and any length of signature pass.</param>
    public static AttestationDocument Read(ReadOnlyMemory<byte> bytes, bool anySignature)
    {
        if (bytes.Length > AttestationDocument.MaxSize)
        {
            throw new AttestationException(AttestationError.DocumentTooLarge,
                $"The document has {bytes.Length} bytes, expected at most {AttestationDocument.MaxSize}.");
        }

        var copy = bytes.ToArray();
        try
        {
            return ReadEnvelope(copy, anySignature);
        }
        catch (Exception exception) when (
            exception is CborContentException or InvalidOperationException or OverflowException)
        {
            throw new AttestationException(
                AttestationError.Malformed,
                $"The document is not well-formed CBOR: {exception.Message}",
                exception);
        }
    }

    private static AttestationDocument ReadEnvelope(ReadOnlyMemory<byte> bytes, bool anySignature)
    {
        var reader = new CborReader(bytes, CborConformanceMode.Lax);
        ReadTag(reader);
        if (reader.PeekState() != CborReaderState.StartArray || reader.ReadStartArray() != 4)
        {
            throw new AttestationException(AttestationError.WrongEnvelope,
                "The document is not a COSE_Sign1 structure: expected an array of exactly four.");
        }

        var header = Cbor.ReadBytes(reader, "The protected header", 0, AttestationDocument.MaxSize);
        if (!anySignature && !header.Span.SequenceEqual(ProtectedHeader))
        {
            throw new AttestationException(AttestationError.WrongAlgorithm,
                $"The protected header is {Shown(header.Span)}, expected a1013822 (ES384 and nothing else).");
        }

        if (reader.PeekState() != CborReaderState.StartMap || reader.ReadStartMap() != 0)
        {
            throw new AttestationException(
                AttestationError.UnprotectedHeader, "The unprotected header is not an empty map.");
        }

        reader.ReadEndMap();
        var payload = ReadPayload(reader);
        var signature = ReadSignature(reader, anySignature);
        reader.ReadEndArray();
        if (reader.BytesRemaining != 0)
        {
            throw new AttestationException(AttestationError.TrailingBytes,
                $"{reader.BytesRemaining} bytes follow the document, expected none.");
        }

        return PayloadReader.Read(bytes, payload, signature);
    }

    private static void ReadTag(CborReader reader)
    {
        if (reader.PeekState() != CborReaderState.Tag)
            return;
        var tag = reader.ReadTag();
        if (tag != CoseSign1Tag || reader.PeekState() == CborReaderState.Tag)
        {
            throw new AttestationException(AttestationError.WrongTag,
                $"The document is tagged {(ulong)tag}, expected no tag or 18 (COSE_Sign1) once.");
        }
    }

    private static ReadOnlyMemory<byte> ReadPayload(CborReader reader)
    {
        Cbor.Expect(reader, CborReaderState.ByteString, "The payload", "a byte string of definite length");
        var payload = reader.ReadDefiniteLengthByteString();
        if (payload.Length > AttestationDocument.MaxPayloadSize)
        {
            throw new AttestationException(AttestationError.PayloadTooLarge,
                $"The payload has {payload.Length} bytes, "
                + $"expected at most {AttestationDocument.MaxPayloadSize}.");
        }

        return payload;
    }

    private static ReadOnlyMemory<byte> ReadSignature(CborReader reader, bool anyLength)
    {
        Cbor.Expect(reader, CborReaderState.ByteString, "The signature", "a byte string of definite length");
        var signature = reader.ReadDefiniteLengthByteString();
        if (!anyLength && signature.Length != SignatureSize)
        {
            throw new AttestationException(AttestationError.SignatureLength,
                $"The signature has {signature.Length} bytes, expected {SignatureSize} (r and s of P-384).");
        }

        return signature;
    }

    private static string Shown(ReadOnlySpan<byte> bytes) => bytes.Length <= 32
        ? Convert.ToHexStringLower(bytes)
        : $"{Convert.ToHexStringLower(bytes[..32])}… ({bytes.Length} bytes)";
}
