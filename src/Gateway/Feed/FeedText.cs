using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// Writes a feed's events: server-sent events (WHATWG HTML, section 9.2) whose data is one line of JSON, or
/// those lines alone (NDJSON).
/// </summary>
internal sealed class FeedText : IDisposable
{
    private readonly FeedForm _form;
    private readonly ArrayBufferWriter<byte> _text = new(4096);
    private readonly Utf8JsonWriter _json;

    public FeedText(FeedForm form)
    {
        _form = form;
        _json = new Utf8JsonWriter(_text, JsonAnswer.Options);
    }

    /// <summary><c>{"idx", "data" | "data_base64", "created_at"}</c>, under its index as id.</summary>
    public void AddEntry(ulong index, FeedEntry entry)
    {
        Begin(index + 1, type: default);
        _json.WriteNumber("idx"u8, index);
        if (_form.IsBase64 || !Utf8.IsValid(entry.Data.Span))
            _json.WriteBase64String("data_base64"u8, entry.Data.Span);
        else
            _json.WriteString("data"u8, entry.Data.Span);
        SequenceAnswer.WriteTime(_json, "created_at"u8, entry.CreatedAt);
        End();
    }

    /// <summary>
    /// <c>{"next_idx", "checkpoint", "consistency"}</c>: the checkpoint, and the proof that it covers the
    /// entries before the next index.
    /// </summary>
    public void AddCheckpoint(FeedProof proof)
    {
        Begin(proof.Size, "event: checkpoint\n"u8);
        _json.WriteNumber("next_idx"u8, proof.Size);
        _json.WriteString("checkpoint"u8, proof.Checkpoint.Note.Span);
        _json.WriteStartArray("consistency"u8);
        foreach (var hash in proof.Consistency)
            _json.WriteBase64StringValue(hash.Bytes);
        _json.WriteEndArray();
        End();
    }

    /// <summary>What was added since the last call.</summary>
    public byte[] Take()
    {
        var bytes = _text.WrittenSpan.ToArray();
        _text.ResetWrittenCount();
        return bytes;
    }

    public void Dispose() => _json.Dispose();

    /// <param name="next">The index after this event: the id is the last one before it, so that a reader that
    /// comes back with it goes on there, whichever event it saw last.</param>
    /// <param name="type">The line that names the event's type; empty for an entry.</param>
    private void Begin(ulong next, ReadOnlySpan<byte> type)
    {
        if (!_form.IsNdJson)
        {
            _text.Write(type);
            if (next > 0)
                WriteId(next - 1);
            _text.Write("data: "u8);
        }

        _json.WriteStartObject();
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _text.Write(_form.IsNdJson ? "\n"u8 : "\n\n"u8);
    }

    private void WriteId(ulong id)
    {
        const int DigitsMax = 20;
        _text.Write("id: "u8);
        Utf8Formatter.TryFormat(id, _text.GetSpan(DigitsMax), out var digits);
        _text.Advance(digits);
        _text.Write("\n"u8);
    }
}
