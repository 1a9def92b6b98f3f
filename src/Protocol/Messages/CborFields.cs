using System.Formats.Cbor;
using System.Runtime.InteropServices;
using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Protocol;

/// <summary>Reads and writes the few field shapes of the protocol, each with its limit.</summary>
internal static class CborFields
{
    public const int SignatureBytes = 64;
    public const int PublicKeyBytes = 32;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Runs a decoder over a payload that must be one definite array and nothing else.</summary>
    public static T Decode<T>(ReadOnlyMemory<byte> payload, Func<CborReader, int?, T> decode)
    {
        try
        {
            var reader = new CborReader(payload, CborConformanceMode.Strict);
            var message = decode(reader, reader.ReadStartArray());
            reader.ReadEndArray();
            if (reader.BytesRemaining != 0)
            {
                throw new ProtocolException(
                    ProtocolError.Malformed, $"{reader.BytesRemaining} bytes follow the message.");
            }

            return message;
        }
        catch (Exception exception) when (exception is CborContentException or InvalidOperationException
                                              or OverflowException or DecoderFallbackException)
        {
            throw new ProtocolException(
                ProtocolError.Malformed, $"The frame is not a message: {exception.Message}", exception);
        }
    }

    public static void RequireFields(int? actual, int expected, string what)
    {
        if (actual != expected)
        {
            throw new ProtocolException(
                ProtocolError.Malformed,
                $"A {what} has {expected} fields in a definite array; this one is "
                + (actual is null ? "indefinite." : $"of {actual}."));
        }
    }

    public static string ReadText(CborReader reader, int bytesMax)
    {
        var bytes = reader.ReadDefiniteLengthTextStringBytes();
        RequireAtMost(bytes.Length, bytesMax, "A text");
        return StrictUtf8.GetString(bytes.Span);
    }

    /// <summary>A byte string as a copy of its own, so that it outlives the frame's buffer.</summary>
    public static ReadOnlyMemory<byte> ReadBytes(CborReader reader, int bytesMax)
    {
        var bytes = reader.ReadDefiniteLengthByteString();
        RequireAtMost(bytes.Length, bytesMax, "A byte string");
        return bytes.ToArray();
    }

    public static ReadOnlyMemory<byte> ReadFixedBytes(CborReader reader, int length)
    {
        var bytes = ReadBytes(reader, length);
        return bytes.Length == length
            ? bytes
            : throw new ProtocolException(
                ProtocolError.Malformed, $"A field of {length} bytes was expected; got {bytes.Length}.");
    }

    public static Hash ReadHash(CborReader reader) => Hash.Read(ReadFixedBytes(reader, Hash.SizeBytes).Span);

    /// <summary>Hashes one after another, in the frame's own memory: not a copy.</summary>
    public static ReadOnlyMemory<byte> ReadHashBytes(CborReader reader, int hashesMax)
    {
        var bytes = reader.ReadDefiniteLengthByteString();
        RequireAtMost(bytes.Length, hashesMax * Hash.SizeBytes, "A list of hashes");
        return bytes.Length % Hash.SizeBytes == 0
            ? bytes
            : throw new ProtocolException(
                ProtocolError.Malformed, $"{bytes.Length} bytes are no whole number of hashes.");
    }

    public static Hash[] ReadHashes(CborReader reader, int hashesMax) =>
        MemoryMarshal.Cast<byte, Hash>(ReadHashBytes(reader, hashesMax).Span).ToArray();

    public static void WriteHashes(CborWriter writer, IReadOnlyList<Hash> hashes) =>
        writer.WriteByteString(MemoryMarshal.AsBytes(hashes.ToArray().AsSpan()));

    public static List<T> ReadArray<T>(CborReader reader, int countMax, Func<CborReader, T> readItem)
    {
        var count = reader.ReadStartArray() ?? throw new ProtocolException(
            ProtocolError.Malformed, "A list must have a definite length.");
        RequireAtMost(count, countMax, "A list");
        // Every item takes at least one byte, so a short frame cannot make us reserve for a long list.
        var items = new List<T>(Math.Min(count, reader.BytesRemaining));
        for (var i = 0; i < count; i++)
            items.Add(readItem(reader));
        reader.ReadEndArray();
        return items;
    }

    public static void WriteArray<T>(
        CborWriter writer, IReadOnlyList<T> items, Action<CborWriter, T> writeItem)
    {
        writer.WriteStartArray(items.Count);
        foreach (var item in items)
            writeItem(writer, item);
        writer.WriteEndArray();
    }

    /// <summary>A field that may be null.</summary>
    public static T? ReadOptional<T>(CborReader reader, Func<CborReader, T> read)
        where T : struct
    {
        if (reader.PeekState() != CborReaderState.Null)
            return read(reader);
        reader.ReadNull();
        return null;
    }

    /// <summary>A definite array of a message's own, that may be null.</summary>
    public static T? ReadOptionalPart<T>(CborReader reader, int fields, string what, Func<CborReader, T> read)
        where T : class
    {
        if (reader.PeekState() == CborReaderState.Null)
        {
            reader.ReadNull();
            return null;
        }

        RequireFields(reader.ReadStartArray(), fields, what);
        var part = read(reader);
        reader.ReadEndArray();
        return part;
    }

    public static void WriteOptionalBytes(CborWriter writer, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is { } value)
            writer.WriteByteString(value.Span);
        else
            writer.WriteNull();
    }

    private static void RequireAtMost(int actual, int limit, string what)
    {
        if (actual > limit)
        {
            throw new ProtocolException(
                ProtocolError.LimitExceeded, $"{what} of {actual} is over its limit of {limit}.");
        }
    }
}
