using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// Writes the answers of <c>/sequence</c> field by field: they are the hot path and carry long texts.
/// </summary>
internal static class SequenceAnswer
{
    /// <summary>
    /// <c>{"idx", "data" | "data_base64", "attestation", "created_at"}</c> for an entry just sequenced.
    /// </summary>
    public static void WriteReceipt(
        JsonAnswer answer, SequencedRange range, ReadOnlySpan<byte> data, EntryForm form)
    {
        range.WriteReceipt(0, answer.Scratch);
        Write(answer, range.FirstIndex, data, form, range.CreatedAt);
    }

    /// <summary>The same for an entry that was read.</summary>
    public static void WriteReading(JsonAnswer answer, EntryReading reading, EntryQuestion question)
    {
        reading.WriteReceipt(answer.Scratch, question.AsBundle);
        var data = reading.Data.Span;
        var form = question.IsBase64 || !Utf8.IsValid(data) ? EntryForm.Base64 : EntryForm.Text;
        Write(answer, question.Index, data, form, reading.CreatedAt);
    }

    /// <summary><c>{"idx", "leaf_hash"}</c>: what <c>Prefer: return=minimal</c> asks for.</summary>
    public static void WriteMinimal(JsonAnswer answer, SequencedRange range)
    {
        var writer = answer.Writer;
        writer.WriteStartObject();
        writer.WriteNumber("idx"u8, range.FirstIndex);
        writer.WriteBase64String("leaf_hash"u8, range.LeafHash(0).Bytes);
        writer.WriteEndObject();
    }

    /// <summary><c>{"first_idx", "count", "checkpoint", "created_at"}</c> for a batch.</summary>
    public static void WriteBatch(JsonAnswer answer, SequencedRange range)
    {
        var writer = answer.Writer;
        writer.WriteStartObject();
        writer.WriteNumber("first_idx"u8, range.FirstIndex);
        writer.WriteNumber("count"u8, range.Count);
        answer.WriteLines("checkpoint"u8, range.Checkpoint.Span);
        WriteTime(writer, "created_at"u8, range.CreatedAt);
        writer.WriteEndObject();
    }

    /// <summary><c>{"idx", "attestation"}</c> for one entry of a batch, on a line of its own.</summary>
    public static void WriteBatchReceipt(JsonAnswer answer, SequencedRange range, int offset)
    {
        answer.Scratch.ResetWrittenCount();
        range.WriteReceipt(offset, answer.Scratch);
        var writer = answer.Writer;
        writer.WriteStartObject();
        writer.WriteNumber("idx"u8, range.FirstIndex + (ulong)offset);
        answer.WriteLines("attestation"u8, answer.Scratch.WrittenSpan);
        writer.WriteEndObject();
        answer.EndLine();
    }

    private static void Write(
        JsonAnswer answer, ulong index, ReadOnlySpan<byte> data, EntryForm form, DateTimeOffset createdAt)
    {
        var writer = answer.Writer;
        writer.WriteStartObject();
        writer.WriteNumber("idx"u8, index);
        if (form == EntryForm.Text)
            writer.WriteString("data"u8, data);
        else
            writer.WriteBase64String("data_base64"u8, data);
        answer.WriteLines("attestation"u8, answer.Scratch.WrittenSpan);
        WriteTime(writer, "created_at"u8, createdAt);
        writer.WriteEndObject();
    }

    /// <summary>RFC 3339 in UTC and whole seconds: <c>2026-11-22T19:00:00Z</c>.</summary>
    internal static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[20];
        time.UtcDateTime.TryFormat(text, out var length, "s", CultureInfo.InvariantCulture);
        text[length++] = (byte)'Z';
        writer.WriteString(name, text[..length]);
    }
}
