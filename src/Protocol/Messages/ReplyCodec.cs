using System.Formats.Cbor;

namespace Sequencer.Protocol;

/// <summary>Replies as CBOR, in the manner of <see cref="RequestCodec"/>.</summary>
public static class ReplyCodec
{
    private enum Kind
    {
        Hello = 0,
        Describe = 1,
        Attest = 2,
        Heads = 3,
        Open = 4,
        Append = 6,
        Retire = 7,
        BeginOpen = 8,
        Seal = 9,
        Refused = 15,
    }

    /// <summary>The reply's frame payload.</summary>
    public static void Encode(CborWriter writer, uint id, EnclaveReply reply)
    {
        switch (reply)
        {
            case HelloReply hello:
                Start(writer, Kind.Hello, id, 1);
                writer.WriteInt32(hello.Version);
                break;
            case DescribeReply describe:
                Start(writer, Kind.Describe, id, 7);
                ReplyParts.WriteDescription(writer, describe);
                break;
            case AttestReply attest:
                Start(writer, Kind.Attest, id, 1);
                writer.WriteByteString(attest.Document.Span);
                break;
            case HeadsReply heads:
                Start(writer, Kind.Heads, id, 1);
                CborFields.WriteArray(writer, heads.Heads, ReplyParts.WriteHead);
                break;
            case OpenReply open:
                Start(writer, Kind.Open, id, 1);
                ReplyParts.WriteHead(writer, open.Head);
                break;
            case AppendReply append:
                Start(writer, Kind.Append, id, 1);
                CborFields.WriteArray(writer, append.Results, ReplyParts.WriteResult);
                break;
            case RetireReply:
                Start(writer, Kind.Retire, id, 0);
                break;
            case BeginOpenReply begun:
                Start(writer, Kind.BeginOpen, id, 2);
                writer.WriteUInt64(begun.Time);
                writer.WriteUInt64(begun.WitnessTimeMin);
                break;
            case SealReply done:
                Start(writer, Kind.Seal, id, 1);
                ReplyParts.WriteHead(writer, done.Head);
                break;
            case RefusedReply refused:
                Start(writer, Kind.Refused, id, 2);
                ReplyParts.WriteRefusal(writer, refused.Refusal);
                break;
            default:
                throw new ArgumentException($"Unknown reply {reply.GetType().Name}.", nameof(reply));
        }

        writer.WriteEndArray();
    }

    /// <summary>Reads a frame payload.</summary>
    /// <exception cref="ProtocolException">When it is not exactly one reply within the limits.</exception>
    public static (uint Id, EnclaveReply Reply) Decode(ReadOnlyMemory<byte> payload) =>
        CborFields.Decode(payload, static (reader, fields) =>
        {
            var kind = (Kind)reader.ReadInt32();
            var id = reader.ReadUInt32();
            var (expected, reply) = DecodeBody(reader, kind);
            CborFields.RequireFields(fields, expected + 2, kind.ToString());
            return (id, reply);
        });

    private static (int Fields, EnclaveReply Reply) DecodeBody(CborReader reader, Kind kind) => kind switch
    {
        Kind.Hello => (1, new HelloReply(reader.ReadInt32())),
        Kind.Describe => (7, ReplyParts.ReadDescription(reader)),
        Kind.Attest => (1, new AttestReply(CborFields.ReadBytes(reader, Limits.DocumentBytesMax))),
        Kind.Heads => (1, new HeadsReply(
            CborFields.ReadArray(reader, Limits.ChainsPerFrameMax, ReplyParts.ReadHead))),
        Kind.Open => (1, new OpenReply(ReplyParts.ReadHead(reader))),
        Kind.Append => (1, new AppendReply(
            CborFields.ReadArray(reader, Limits.ChainsPerFrameMax, ReplyParts.ReadResult))),
        Kind.Retire => (0, new RetireReply()),
        Kind.BeginOpen => (2, new BeginOpenReply(reader.ReadUInt64(), reader.ReadUInt64())),
        Kind.Seal => (1, new SealReply(ReplyParts.ReadHead(reader))),
        Kind.Refused => (2, new RefusedReply(ReplyParts.ReadRefusal(reader))),
        _ => throw new ProtocolException(
            ProtocolError.Malformed, $"Reply kind {(int)kind} is not one of this protocol's."),
    };

    private static void Start(CborWriter writer, Kind kind, uint id, int fields)
    {
        writer.WriteStartArray(fields + 2);
        writer.WriteInt32((int)kind);
        writer.WriteUInt32(id);
    }
}
