using System.Formats.Cbor;

namespace Sequencer.Protocol;

/// <summary>
/// Requests as CBOR: a definite array <c>[kind, id, fields…]</c>. Decoding is strict, and every count and
/// length is checked against <see cref="Limits"/> before memory is taken for it.
/// </summary>
public static class RequestCodec
{
    private enum Kind
    {
        Hello = 0,
        Describe = 1,
        Attest = 2,
        Heads = 3,
        Create = 4,
        Resume = 5,
        Append = 6,
        Retire = 7,
        BeginOpen = 8,
        Seal = 9,
    }

    /// <summary>The request's frame payload.</summary>
    public static void Encode(CborWriter writer, uint id, EnclaveRequest request)
    {
        switch (request)
        {
            case HelloRequest hello:
                Start(writer, Kind.Hello, id, 3);
                writer.WriteInt32(hello.VersionMin);
                writer.WriteInt32(hello.VersionMax);
                if (hello.Generation is { } generation)
                    writer.WriteUInt64(generation);
                else
                    writer.WriteNull();
                break;
            case DescribeRequest:
                Start(writer, Kind.Describe, id, 0);
                break;
            case AttestRequest attest:
                Start(writer, Kind.Attest, id, 1);
                CborFields.WriteOptionalBytes(writer, attest.Nonce);
                break;
            case HeadsRequest heads:
                Start(writer, Kind.Heads, id, 1);
                writer.WriteStartArray(heads.Origins.Count);
                foreach (var origin in heads.Origins)
                    writer.WriteTextString(origin);
                writer.WriteEndArray();
                break;
            case CreateRequest create:
                Start(writer, Kind.Create, id, 2);
                writer.WriteTextString(create.Origin);
                writer.WriteTextString(create.WitnessLines);
                break;
            case ResumeRequest resume:
                EncodeResume(writer, id, resume);
                break;
            case AppendRequest append:
                EncodeAppend(writer, id, append);
                break;
            case RetireRequest retire:
                Start(writer, Kind.Retire, id, 1);
                writer.WriteTextString(retire.Origin);
                break;
            case BeginOpenRequest begin:
                Start(writer, Kind.BeginOpen, id, 1);
                writer.WriteTextString(begin.Origin);
                break;
            case SealRequest seal:
                Start(writer, Kind.Seal, id, 3);
                writer.WriteTextString(seal.Origin);
                writer.WriteUInt64(seal.Size);
                writer.WriteTextString(seal.WitnessLines);
                break;
            default:
                throw new ArgumentException($"Unknown request {request.GetType().Name}.", nameof(request));
        }

        writer.WriteEndArray();
    }

    /// <summary>Reads a frame payload.</summary>
    /// <exception cref="ProtocolException">When it is not exactly one request within the limits.</exception>
    public static (uint Id, EnclaveRequest Request) Decode(ReadOnlyMemory<byte> payload) =>
        CborFields.Decode(payload, static (reader, fields) =>
        {
            var kind = (Kind)reader.ReadInt32();
            var id = reader.ReadUInt32();
            var (expected, request) = DecodeBody(reader, kind);
            CborFields.RequireFields(fields, expected + 2, kind.ToString());
            return (id, request);
        });

    private static (int Fields, EnclaveRequest) DecodeBody(CborReader reader, Kind kind) => kind switch
    {
        Kind.Hello => (3, new HelloRequest(
            reader.ReadInt32(),
            reader.ReadInt32(),
            CborFields.ReadOptional(reader, static r => r.ReadUInt64()))),
        Kind.Describe => (0, new DescribeRequest()),
        Kind.Attest => (1, new AttestRequest(CborFields.ReadOptional(
            reader, static r => CborFields.ReadBytes(r, Limits.NonceBytesMax)))),
        Kind.Heads => (1, new HeadsRequest(CborFields.ReadArray(
            reader, Limits.ChainsPerFrameMax, ReadOrigin))),
        Kind.Create => (2, new CreateRequest(ReadOrigin(reader), ReadWitnessLines(reader))),
        Kind.Resume => (8, new ResumeRequest(
            ReadOrigin(reader),
            CborFields.ReadText(reader, Limits.CheckpointBytesMax),
            reader.ReadUInt64(),
            CborFields.ReadFixedBytes(reader, CborFields.SignatureBytes),
            CborFields.ReadBytes(reader, Limits.DocumentBytesMax),
            CborFields.ReadHashes(reader, 64),
            ReadProposal(reader),
            ReadWitnessLines(reader))),
        Kind.Append => (1, DecodeAppend(reader)),
        Kind.Retire => (1, new RetireRequest(ReadOrigin(reader))),
        Kind.BeginOpen => (1, new BeginOpenRequest(ReadOrigin(reader))),
        Kind.Seal => (3, new SealRequest(ReadOrigin(reader), reader.ReadUInt64(), ReadWitnessLines(reader))),
        _ => throw new ProtocolException(
            ProtocolError.Malformed, $"Request kind {(int)kind} is not one of this protocol's."),
    };

    private static string ReadOrigin(CborReader reader) => CborFields.ReadText(reader, Limits.OriginBytesMax);

    private static string ReadWitnessLines(CborReader reader) =>
        CborFields.ReadText(reader, Limits.WitnessLinesBytesMax);

    private static PriorProposal? ReadProposal(CborReader reader) =>
        CborFields.ReadOptionalPart(reader, 2, "prior proposal", static r => new PriorProposal(
            CborFields.ReadText(r, Limits.CheckpointBytesMax),
            CborFields.ReadFixedBytes(r, CborFields.SignatureBytes)));

    private static void EncodeResume(CborWriter writer, uint id, ResumeRequest resume)
    {
        Start(writer, Kind.Resume, id, 8);
        writer.WriteTextString(resume.Origin);
        writer.WriteTextString(resume.Checkpoint);
        writer.WriteUInt64(resume.Time);
        writer.WriteByteString(resume.Cosignature.Span);
        writer.WriteByteString(resume.Document.Span);
        CborFields.WriteHashes(writer, resume.CompactRange);
        if (resume.Proposal is { } proposal)
        {
            writer.WriteStartArray(2);
            writer.WriteTextString(proposal.Checkpoint);
            writer.WriteByteString(proposal.Signature.Span);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteNull();
        }

        writer.WriteTextString(resume.WitnessLines);
    }

    private static void EncodeAppend(CborWriter writer, uint id, AppendRequest append)
    {
        Start(writer, Kind.Append, id, 1);
        writer.WriteStartArray(append.Items.Count);
        foreach (var item in append.Items)
        {
            writer.WriteStartArray(4);
            writer.WriteTextString(item.Origin);
            writer.WriteUInt64(item.ExpectedSize);
            writer.WriteByteString(item.Leaves.Span);
            writer.WriteBoolean(item.WantNodes);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static AppendRequest DecodeAppend(CborReader reader)
    {
        var leaves = 0;
        return new AppendRequest(CborFields.ReadArray(reader, Limits.ChainsPerFrameMax, r =>
        {
            CborFields.RequireFields(r.ReadStartArray(), 4, "append item");
            var origin = ReadOrigin(r);
            var expectedSize = r.ReadUInt64();
            var hashes = CborFields.ReadHashBytes(r, Limits.LeavesPerFrameMax - leaves);
            leaves += hashes.Length / Tlog.Hash.SizeBytes;
            var item = new AppendItem(origin, expectedSize, hashes, r.ReadBoolean());
            r.ReadEndArray();
            return item;
        }));
    }

    private static void Start(CborWriter writer, Kind kind, uint id, int fields)
    {
        writer.WriteStartArray(fields + 2);
        writer.WriteInt32((int)kind);
        writer.WriteUInt32(id);
    }
}
