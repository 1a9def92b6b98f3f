using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// Reads entries from JSON: <c>{"data": "…"}</c>, <c>{"data_base64": "…"}</c> or, in a batch, a bare string.
/// Strict: one of the fields, once, and no other. No refusal repeats what was sent, but for the name of a
/// field.
/// </summary>
internal static class EntryParser
{
    private const string Expected = "expected {\"data\": \"…\"} or {\"data_base64\": \"…\"}";

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 4 };

    /// <summary>What cannot stand in a JSON string as it is: controls, its end and escapes.</summary>
    private static readonly SearchValues<byte> NotPlain =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(control => (byte)control), (byte)'"', (byte)'\\']);

    /// <summary>Reads one JSON value that is an entry and nothing besides.</summary>
    /// <param name="bareText">Whether it may be a bare string.</param>
    /// <param name="memory">Takes the entry's bytes.</param>
    public static ParsedEntry Parse(ReadOnlySequence<byte> json, bool bareText, EntryMemory memory)
    {
        if (bareText && json.IsSingleSegment && TryReadPlain(json.FirstSpan, memory, out var plain))
            return plain;
        var reader = json.IsSingleSegment
            ? new Utf8JsonReader(json.FirstSpan, Options)
            : new Utf8JsonReader(json, Options);
        try
        {
            if (!reader.Read())
                return Malformed(reader.BytesConsumed);
            var entry = reader.TokenType switch
            {
                JsonTokenType.String when bareText => ReadText(ref reader, memory),
                JsonTokenType.StartObject => ParseObject(ref reader, memory),
                _ when bareText => Refused(ProblemCode.DataNotText, "an entry is a JSON string or an object"),
                _ => Refused(ProblemCode.DataMissing, "the body must be a JSON object"),
            };
            // Nothing but white space may follow; the reader throws when something does.
            return entry.IsRefused || !reader.Read() ? entry : Malformed(reader.TokenStartIndex);
        }
        catch (JsonException)
        {
            return Malformed(reader.BytesConsumed);
        }
        catch (InvalidOperationException)
        {
            // What the reader throws, while it unescapes, for a text that is not Unicode.
            return ParsedEntry.Refused(ProblemCode.TextMalformed,
                "The text is not Unicode: it has half of a surrogate pair or bytes that are not UTF-8. "
                + "Send such bytes as data_base64.");
        }
    }

    /// <summary>Takes a raw body as the entry.</summary>
    public static ParsedEntry Take(ReadOnlySequence<byte> body)
    {
        if (body.IsEmpty)
            return ParsedEntry.Refused(ProblemCode.BodyEmpty, "The body is empty; the entry is the body.");
        return body.Length > Entry.MaxSizeBytes
            ? TooLarge(body.Length)
            : ParsedEntry.Of(body.ToArray(), EntryForm.Base64);
    }

    /// <summary>
    /// What nearly every entry of a batch is: a string that means the bytes between its quotes. Anything else
    /// is for the reader, which also knows what is wrong with it.
    /// </summary>
    private static bool TryReadPlain(ReadOnlySpan<byte> json, EntryMemory memory, out ParsedEntry entry)
    {
        entry = default;
        if (json is not [(byte)'"', .. var text, (byte)'"']
            || text.Length > Entry.MaxSizeBytes || text.ContainsAny(NotPlain) || !Utf8.IsValid(text))
        {
            return false;
        }

        text.CopyTo(memory.Room(text.Length));
        entry = ParsedEntry.Of(memory.Take(text.Length), EntryForm.Text);
        return true;
    }

    private static ParsedEntry ParseObject(ref Utf8JsonReader reader, EntryMemory memory)
    {
        ParsedEntry? found = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals("data"u8);
            if (!isText && !reader.ValueTextEquals("data_base64"u8))
                return UnknownField(ref reader);
            if (found is not null)
                return Refused(
                    ProblemCode.DataTwice, "data and data_base64 may stand once, and not together");
            reader.Read();
            found = reader.TokenType != JsonTokenType.String
                ? Refused(ProblemCode.DataNotText, "data and data_base64 must be JSON strings")
                : isText ? ReadText(ref reader, memory) : ReadBase64(ref reader);
            if (found.Value.IsRefused)
                return found.Value;
        }

        return found ?? Refused(ProblemCode.DataMissing, "the object has neither");
    }

    private static ParsedEntry ReadText(ref Utf8JsonReader reader, EntryMemory memory)
    {
        if (reader.ValueIsEscaped)
            return ReadEscapedText(ref reader);
        var length = ValueLength(ref reader);
        if (length > Entry.MaxSizeBytes)
            return TooLarge(length);
        var copied = reader.CopyString(memory.Room((int)length));
        return ParsedEntry.Of(memory.Take(copied), EntryForm.Text);
    }

    /// <summary>
    /// Escapes make the text shorter than its JSON: it is not held on to in six times its size.
    /// </summary>
    private static ParsedEntry ReadEscapedText(ref Utf8JsonReader reader)
    {
        var bytes = new byte[ValueLength(ref reader)];
        var length = reader.CopyString(bytes);
        return length > Entry.MaxSizeBytes
            ? TooLarge(length)
            : ParsedEntry.Of(bytes.AsSpan(0, length).ToArray(), EntryForm.Text);
    }

    private static ParsedEntry ReadBase64(ref Utf8JsonReader reader)
    {
        if (ValueLength(ref reader) > 6L * CanonicalLength(Entry.MaxSizeBytes))
            return TooLarge(ValueLength(ref reader) * 3 / 4);
        // One spelling only, so that what comes back is what was sent.
        if (!reader.TryGetBytesFromBase64(out var bytes) || !IsCanonical(ref reader, bytes))
            return ParsedEntry.Refused(ProblemCode.Base64Malformed,
                "data_base64 must be standard base64 with padding and no white space (RFC 4648, section 4).");
        return bytes.Length > Entry.MaxSizeBytes
            ? TooLarge(bytes.Length)
            : ParsedEntry.Of(bytes, EntryForm.Base64);
    }

    private static bool IsCanonical(ref Utf8JsonReader reader, byte[] bytes)
    {
        var canonical = Convert.ToBase64String(bytes);
        return reader.ValueTextEquals(canonical);
    }

    private static ParsedEntry UnknownField(ref Utf8JsonReader reader)
    {
        const int LengthShown = 32;
        var isShort = ValueLength(ref reader) <= LengthShown && !reader.ValueIsEscaped;
        var name = isShort ? reader.GetString()! : "";
        var isPlain = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        return Refused(
            ProblemCode.FieldUnknown, isPlain ? $"there is no field {name}" : "there is an unknown field");
    }

    private static long ValueLength(ref Utf8JsonReader reader) =>
        reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;

    private static long CanonicalLength(long bytes) => (bytes + 2) / 3 * 4;

    private static ParsedEntry Refused(ProblemCode code, string why) =>
        ParsedEntry.Refused(code, $"The entry cannot be read: {why}; {Expected}.");

    private static ParsedEntry Malformed(long at) =>
        ParsedEntry.Refused(
            ProblemCode.JsonMalformed, $"This is not JSON: it goes wrong at byte {at}; {Expected}.");

    private static ParsedEntry TooLarge(long length) => ParsedEntry.Refused(ProblemCode.EntryTooLarge,
        $"An entry has at most {Entry.MaxSizeBytes} bytes; this one has {length}.");
}
