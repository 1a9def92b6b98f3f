using System.Formats.Cbor;
using System.Text;

namespace Sequencer.Protocol;

/// <summary>The parts that several replies have, each a definite array.</summary>
internal static class ReplyParts
{
    private const int HeadFields = 7;
    private const int ResultFields = 6;
    private const int ProposedResultFields = 5;
    private const int RefusedResultFields = 2;
    private const int ProposalFields = 3;

    /// <summary>
    /// Most interior nodes in one result: fewer become perfect than there are leaves, but for those that the
    /// leaves before had left open, one a level.
    /// </summary>
    private const int NodesMax = Limits.LeavesPerFrameMax + 64;

    public static void WriteDescription(CborWriter writer, DescribeReply describe)
    {
        writer.WriteTextString(describe.Cosigner);
        writer.WriteByteString(describe.PublicKey.Span);
        writer.WriteInt32(describe.Version);
        writer.WriteInt32((int)describe.Mode);
        writer.WriteTextString(describe.LogPrefix);
        writer.WriteTextString(describe.WitnessPolicy);
        CborFields.WriteArray(
            writer, describe.WitnessedChains, static (w, chain) => w.WriteTextString(chain));
    }

    public static DescribeReply ReadDescription(CborReader reader) => new(
        CborFields.ReadText(reader, Limits.OriginBytesMax),
        CborFields.ReadFixedBytes(reader, CborFields.PublicKeyBytes),
        reader.ReadInt32(),
        ReadMode(reader),
        CborFields.ReadText(reader, Limits.OriginBytesMax),
        CborFields.ReadText(reader, Limits.WitnessPolicyBytesMax),
        CborFields.ReadArray(reader, Limits.WitnessedChainsMax,
            static r => CborFields.ReadText(r, Limits.ChainIdBytesMax)));

    public static void WriteHead(CborWriter writer, Head head)
    {
        writer.WriteStartArray(HeadFields);
        writer.WriteTextString(head.Origin);
        writer.WriteUInt64(head.Size);
        writer.WriteByteString(head.Root.Bytes);
        writer.WriteUInt64(head.Time);
        writer.WriteByteString(head.Cosignature.Span);
        CborFields.WriteOptionalBytes(writer, head.Handover);
        WriteProposal(writer, head.Proposal);
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
            CborFields.ReadOptional(reader, ReadSignature),
            ReadProposal(reader));
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

        writer.WriteStartArray(result.Proposal is null ? ResultFields : ProposedResultFields);
        writer.WriteUInt64(result.FirstIndex);
        writer.WriteUInt64(result.NewSize);
        writer.WriteByteString(result.Root.Bytes);
        if (result.Proposal is { } proposal)
        {
            writer.WriteByteString(proposal.Span);
        }
        else
        {
            writer.WriteUInt64(result.Time);
            writer.WriteByteString(result.Cosignature.Span);
        }

        CborFields.WriteOptionalBytes(writer, result.Nodes);
        writer.WriteEndArray();
    }

    public static AppendResult ReadResult(CborReader reader)
    {
        var fields = reader.ReadStartArray();
        var result = fields switch
        {
            RefusedResultFields => new AppendResult { Refusal = ReadRefusal(reader) },
            ProposedResultFields => ReadProposed(reader),
            _ => ReadAppended(reader, fields),
        };
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
            Nodes = ReadNodes(reader),
        };
    }

    private static AppendResult ReadProposed(CborReader reader) => new()
    {
        FirstIndex = reader.ReadUInt64(),
        NewSize = reader.ReadUInt64(),
        Root = CborFields.ReadHash(reader),
        Proposal = ReadSignature(reader),
        Nodes = ReadNodes(reader),
    };

    private static ReadOnlyMemory<byte>? ReadNodes(CborReader reader) =>
        CborFields.ReadOptional(reader, static r => CborFields.ReadHashBytes(r, NodesMax));

    private static void WriteProposal(CborWriter writer, Proposal? proposal)
    {
        if (proposal is null)
        {
            writer.WriteNull();
            return;
        }

        writer.WriteStartArray(ProposalFields);
        writer.WriteUInt64(proposal.Size);
        writer.WriteByteString(proposal.Root.Bytes);
        writer.WriteByteString(proposal.Signature.Span);
        writer.WriteEndArray();
    }

    private static Proposal? ReadProposal(CborReader reader) =>
        CborFields.ReadOptionalPart(reader, ProposalFields, "proposal", static r =>
            new Proposal(r.ReadUInt64(), CborFields.ReadHash(r), ReadSignature(r)));

    private static EnclaveMode ReadMode(CborReader reader) => reader.ReadInt32() switch
    {
        (int)EnclaveMode.Nitro => EnclaveMode.Nitro,
        (int)EnclaveMode.Simulated => EnclaveMode.Simulated,
        var other => throw new ProtocolException(
            ProtocolError.Malformed, $"Enclave mode {other} is neither nitro (0) nor simulated (1)."),
    };

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
