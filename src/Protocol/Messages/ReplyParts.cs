using System.Formats.Cbor;
using System.Text;

namespace Sequencer.Protocol;

/// <summary>The parts that several replies have, each a definite array.</summary>
internal static class ReplyParts
{
    private const int HeadFields = 6;
    private const int ResultFields = 6;
    private const int RefusedResultFields = 2;

    /// <summary>
    /// Most interior nodes in one result: fewer become perfect than there are leaves, but for those that the
    /// leaves before had left open, one a level.
    /// </summary>
    private const int NodesMax = Limits.LeavesPerFrameMax + 64;

    public static void WriteHead(CborWriter writer, Head head)
    {
        writer.WriteStartArray(HeadFields);
        writer.WriteTextString(head.Origin);
        writer.WriteUInt64(head.Size);
        writer.WriteByteString(head.Root.Bytes);
        writer.WriteUInt64(head.Time);
        writer.WriteByteString(head.Cosignature.Span);
        CborFields.WriteOptionalBytes(writer, head.Handover);
        writer.WriteEndArray();
    }

    public static Head ReadHead(CborReader reader)
    {
        CborFields.RequireFields(reader.ReadStartArray(), HeadFields, "head");
        var head = new Head(
            CborFields.ReadText(reader, Limits.OriginBytesMax),
            reader.ReadUInt64(),
            CborFields.ReadHash(reader),
            reader.ReadUInt64(),
            ReadSignature(reader),
            CborFields.ReadOptional(reader, ReadSignature));
        reader.ReadEndArray();
        return head;
    }

    public static void WriteResult(CborWriter writer, AppendResult result)
    {
        if (result.Refusal is { } refusal)
        {
            writer.WriteStartArray(RefusedResultFields);
            WriteRefusal(writer, refusal);
            writer.WriteEndArray();
            return;
        }

        writer.WriteStartArray(ResultFields);
        writer.WriteUInt64(result.FirstIndex);
        writer.WriteUInt64(result.NewSize);
        writer.WriteByteString(result.Root.Bytes);
        writer.WriteUInt64(result.Time);
        writer.WriteByteString(result.Cosignature.Span);
        CborFields.WriteOptionalBytes(writer, result.Nodes);
        writer.WriteEndArray();
    }

    public static AppendResult ReadResult(CborReader reader)
    {
        var fields = reader.ReadStartArray();
        var result = fields == RefusedResultFields
            ? new AppendResult { Refusal = ReadRefusal(reader) }
            : ReadAppended(reader, fields);
        reader.ReadEndArray();
        return result;
    }

    public static void WriteRefusal(CborWriter writer, EnclaveRefusal refusal)
    {
        writer.WriteInt32((int)refusal.Reason);
        writer.WriteTextString(Shortened(refusal.Detail));
    }

    public static EnclaveRefusal ReadRefusal(CborReader reader)
    {
        var reason = (EnclaveRefusalReason)reader.ReadInt32();
        return Enum.IsDefined(reason)
            ? new EnclaveRefusal(reason, CborFields.ReadText(reader, Limits.DetailBytesMax))
            : throw new ProtocolException(
                ProtocolError.Malformed, $"Refusal reason {(int)reason} is not one of this protocol's.");
    }

    private static AppendResult ReadAppended(CborReader reader, int? fields)
    {
        CborFields.RequireFields(fields, ResultFields, "append result");
        return new AppendResult
        {
            FirstIndex = reader.ReadUInt64(),
            NewSize = reader.ReadUInt64(),
            Root = CborFields.ReadHash(reader),
            Time = reader.ReadUInt64(),
            Cosignature = ReadSignature(reader),
            Nodes = CborFields.ReadOptional(reader, static r => CborFields.ReadHashBytes(r, NodesMax)),
        };
    }

    private static ReadOnlyMemory<byte> ReadSignature(CborReader reader) =>
        CborFields.ReadFixedBytes(reader, CborFields.SignatureBytes);

    /// <summary>What a detail quotes may be long or odd; that must not end the session.</summary>
    private static string Shortened(string detail)
    {
        var shortened = new StringBuilder(detail.Length);
        var bytes = 0;
        foreach (var rune in detail.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > Limits.DetailBytesMax)
                break;
            shortened.Append(rune);
        }

        return shortened.ToString();
    }
}
