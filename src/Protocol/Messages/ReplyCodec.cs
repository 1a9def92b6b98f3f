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
                Start(writer, Kind.Describe, id, 5);
                writer.WriteTextString(describe.Cosigner);
                writer.WriteByteString(describe.PublicKey.Span);
                writer.WriteInt32(describe.Version);
                writer.WriteInt32((int)describe.Mode);
                writer.WriteTextString(describe.LogPrefix);
                break;
            case AttestReply attest:
                Start(writer, Kind.Attest, id, 1);
                writer.WriteByteString(attest.Document.Span);
                break;
            case HeadsReply heads:
                Start(writer, Kind.Heads, id, 1);
                writer.WriteStartArray(heads.Heads.Count);
                foreach (var head in heads.Heads)
                    ReplyParts.WriteHead(writer, head);
                writer.WriteEndArray();
                break;
            case OpenReply open:
                Start(writer, Kind.Open, id, 1);
                ReplyParts.WriteHead(writer, open.Head);
                break;
            case AppendReply append:
                Start(writer, Kind.Append, id, 1);
                writer.WriteStartArray(append.Results.Count);
                foreach (var result in append.Results)
                    ReplyParts.WriteResult(writer, result);
                writer.WriteEndArray();
                break;
            case RetireReply:
                Start(writer, Kind.Retire, id, 0);
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
        Kind.Describe => (5, new DescribeReply(
            CborFields.ReadText(reader, Limits.OriginBytesMax),
            CborFields.ReadFixedBytes(reader, CborFields.PublicKeyBytes),
            reader.ReadInt32(),
            ReadMode(reader),
            CborFields.ReadText(reader, Limits.OriginBytesMax))),
        Kind.Attest => (1, new AttestReply(CborFields.ReadBytes(reader, Limits.DocumentBytesMax))),
        Kind.Heads => (1, new HeadsReply(
            CborFields.ReadArray(reader, Limits.ChainsPerFrameMax, ReplyParts.ReadHead))),
        Kind.Open => (1, new OpenReply(ReplyParts.ReadHead(reader))),
        Kind.Append => (1, new AppendReply(
            CborFields.ReadArray(reader, Limits.ChainsPerFrameMax, ReplyParts.ReadResult))),
        Kind.Retire => (0, new RetireReply()),
        Kind.Refused => (2, new RefusedReply(ReplyParts.ReadRefusal(reader))),
        _ => throw new ProtocolException(
            ProtocolError.Malformed, $"Reply kind {(int)kind} is not one of this protocol's."),
    };

    private static EnclaveMode ReadMode(CborReader reader) => reader.ReadInt32() switch
    {
        (int)EnclaveMode.Nitro => EnclaveMode.Nitro,
        (int)EnclaveMode.Simulated => EnclaveMode.Simulated,
        var other => throw new ProtocolException(
            ProtocolError.Malformed, $"Enclave mode {other} is neither nitro (0) nor simulated (1)."),
    };

    private static void Start(CborWriter writer, Kind kind, uint id, int fields)
    {
        writer.WriteStartArray(fields + 2);
        writer.WriteInt32((int)kind);
        writer.WriteUInt32(id);
    }
}
