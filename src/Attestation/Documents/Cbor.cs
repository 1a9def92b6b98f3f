using System.Formats.Cbor;
using System.Text;

namespace Sequencer.Attestation;

/// <summary>
/// Typed reads from a <see cref="CborReader"/>: every mismatch is an <see cref="AttestationException"/> that
/// names the field. Strings are definite and sliced, never copied before their length is known to be there.
/// </summary>
internal static class Cbor
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static ReadOnlyMemory<byte> ReadBytes(CborReader reader, string field, int min, int max)
    {
        Expect(reader, CborReaderState.ByteString, field, "a byte string of definite length");
        var bytes = reader.ReadDefiniteLengthByteString();
        if (bytes.Length < min || bytes.Length > max)
        {
            throw new AttestationException(AttestationError.WrongLength,
                $"{field} has {bytes.Length} bytes, expected {(min == max ? min : $"{min} to {max}")}.");
        }

        return bytes;
    }

    public static string ReadText(CborReader reader, string field, int maxBytes)
    {
        Expect(reader, CborReaderState.TextString, field, "a text string of definite length");
        var bytes = reader.ReadDefiniteLengthTextStringBytes();
        if (bytes.Length == 0 || bytes.Length > maxBytes)
        {
            throw new AttestationException(AttestationError.WrongLength,
                $"{field} has {bytes.Length} bytes, expected 1 to {maxBytes}.");
        }

        return Decode(bytes.Span, field);
    }

    public static ulong ReadUnsigned(CborReader reader, string field)
    {
        Expect(reader, CborReaderState.UnsignedInteger, field, "an unsigned integer");
        return reader.ReadUInt64();
    }

    public static void Expect(
        CborReader reader, CborReaderState expected, string field, string expectedInWords)
    {
        var found = reader.PeekState();
        if (found != expected)
        {
            throw new AttestationException(
                AttestationError.WrongType, $"{field} is {InWords(found)}, expected {expectedInWords}.");
        }
    }

    /// <summary>
    /// Texts of documents end up in logs and terminals, so that only printable ones are let in.
    /// </summary>
    private static string Decode(ReadOnlySpan<byte> bytes, string field)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new AttestationException(
                AttestationError.Malformed, $"{field} is not valid UTF-8.", exception);
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (!TerminalText.IsPrintable(rune))
            {
                throw new AttestationException(
                    AttestationError.Malformed, $"{field} has a control character.");
            }
        }

        return text;
    }

    private static string InWords(CborReaderState state) => state switch
    {
        CborReaderState.UnsignedInteger => "an unsigned integer",
        CborReaderState.NegativeInteger => "a negative integer",
        CborReaderState.ByteString => "a byte string",
        CborReaderState.StartIndefiniteLengthByteString => "a byte string in chunks",
        CborReaderState.TextString => "a text string",
        CborReaderState.StartIndefiniteLengthTextString => "a text string in chunks",
        CborReaderState.StartArray => "an array",
        CborReaderState.StartMap => "a map",
        CborReaderState.Tag => "a tagged value",
        CborReaderState.Null => "null",
        CborReaderState.Boolean => "a boolean",
        CborReaderState.EndArray or CborReaderState.EndMap or CborReaderState.Finished => "missing",
        _ => "another simple value",
    };
}
