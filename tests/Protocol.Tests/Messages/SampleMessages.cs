using Sequencer.Tlog;

namespace Sequencer.Protocol.Tests;

/// <summary>One message of every kind and shape, by name, with recognisable bytes.</summary>
internal static class SampleMessages
{
    private const string Origin = "sequencer.test/log/demo";
    private const string Prefix = "sequencer.test/log";

    private const string Lines = "— witness.test/w AAAA\n";

    private static readonly Head NewHead = new(Origin, 3, Hash(0x0a), 1_800_000_000, Bytes(64, 0x0b));

    /// <summary>The number that every sample has as its id.</summary>
    public const uint Id = 7;

    public static IReadOnlyDictionary<string, EnclaveRequest> Requests { get; } =
        new Dictionary<string, EnclaveRequest>
        {
            ["hello, writing"] = new HelloRequest(1, 2, 9),
            ["hello, reading"] = new HelloRequest(1, 1, null),
            ["describe"] = new DescribeRequest(),
            ["attest, kept document"] = new AttestRequest(null),
            ["attest, empty nonce"] = new AttestRequest(ReadOnlyMemory<byte>.Empty),
            ["attest, nonce"] = new AttestRequest(Bytes(3, 0x11)),
            ["heads"] = new HeadsRequest([Origin, "other/log/ü"]),
            ["create"] = new CreateRequest(Origin),
            ["create, witnessed"] = new CreateRequest(Origin, Lines),
            ["resume"] = new ResumeRequest(
                Origin, "origin\n1\nroot\n", 1_800_000_000, Bytes(64, 0x22), Bytes(5, 0x33),
                [Hash(0x44), Hash(0x55)]),
            ["resume, proposal, witnessed"] = new ResumeRequest(
                Origin, "origin\n1\nroot\n", 1_800_000_000, Bytes(64, 0x22), Bytes(5, 0x33), [Hash(0x44)],
                new PriorProposal("origin\n2\nroot\n", Bytes(64, 0x56)), Lines),
            ["append"] = new AppendRequest(
            [
                new AppendItem(Origin, 300, Bytes(64, 0x66), true),
                new AppendItem("o", 0, Bytes(32, 0x77), false),
            ]),
            ["retire"] = new RetireRequest(Origin),
            ["begin open"] = new BeginOpenRequest(Origin),
            ["seal"] = new SealRequest(Origin, 302, Lines),
        };

    public static IReadOnlyDictionary<string, EnclaveReply> Replies { get; } =
        new Dictionary<string, EnclaveReply>
        {
            ["hello"] = new HelloReply(1),
            ["describe, nitro"] = new DescribeReply(
                Prefix + "/_enclave", Bytes(32, 0x01), 1, EnclaveMode.Nitro, Prefix, "quorum w\n", ["demo", "*"]),
            ["describe, simulated"] = new DescribeReply(
                "n", Bytes(32, 0x01), 1, EnclaveMode.Simulated, "p", "", []),
            ["attest"] = new AttestReply(Bytes(6, 0x02)),
            ["heads"] = new HeadsReply([NewHead, NewHead with { Handover = Bytes(64, 0x0c) }]),
            ["heads, proposal"] = new HeadsReply(
                [NewHead with { Proposal = new Proposal(5, Hash(0x10), Bytes(64, 0x11)) }]),
            ["heads, none"] = new HeadsReply([]),
            ["open"] = new OpenReply(NewHead),
            ["append"] = new AppendReply(
            [
                new AppendResult
                {
                    FirstIndex = 300,
                    NewSize = 302,
                    Root = Hash(0x0d),
                    Time = 1_800_000_001,
                    Cosignature = Bytes(64, 0x0e),
                    Nodes = Bytes(32, 0x0f),
                },
                new AppendResult { Root = Hash(0x0d), Cosignature = Bytes(64, 0x0e) },
                new AppendResult
                {
                    FirstIndex = 300,
                    NewSize = 302,
                    Root = Hash(0x0d),
                    Proposal = Bytes(64, 0x12),
                    Nodes = Bytes(32, 0x0f),
                },
                new AppendResult { Refusal = new EnclaveRefusal(EnclaveRefusalReason.UnknownOrigin,
                    "no such chain") },
            ]),
            ["retire"] = new RetireReply(),
            ["begin open"] = new BeginOpenReply(1_800_000_000, 1_800_000_003),
            ["seal"] = new SealReply(NewHead),
            ["refused"] = new RefusedReply(new EnclaveRefusal(EnclaveRefusalReason.Fenced, "a newer one")),
        };

    public static Hash Hash(byte value) => Tlog.Hash.Read(Bytes(Tlog.Hash.SizeBytes, value).Span);

    public static ReadOnlyMemory<byte> Bytes(int length, byte value)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }
}
