using System.Formats.Cbor;
using System.Text;

namespace Sequencer.Protocol.Tests;

/// <summary>No message: refused with its reason. Too much: refused before it takes memory.</summary>
public sealed class CodecStrictnessTests
{
    private const int Attest = 2;
    private const int Heads = 3;
    private const int Create = 4;
    private const int Resume = 5;
    private const int Append = 6;
    private const int Seal = 9;
    private const int Refused = 15;

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "no bytes", [] },
        { "a text instead of an array", Cbor.Write(Cbor.Text("hello")) },
        { "an indefinite array", [0x9f, 0x01, 0x07, 0xff] },
        { "an empty array", Cbor.Array() },
        { "a kind that does not exist", Cbor.Array(Cbor.Int(99), Cbor.Int(7)) },
        { "a negative kind", Cbor.Array(Cbor.Int(-1), Cbor.Int(7)) },
        { "a kind beyond 32 bits", Cbor.Array(Cbor.Int(1L << 40), Cbor.Int(7)) },
        { "an id beyond 32 bits", Cbor.Array(Cbor.Int(1), Cbor.Int(1L << 32)) },
        { "a negative id", Cbor.Array(Cbor.Int(1), Cbor.Int(-7)) },
        { "a field too many", Cbor.Array(Cbor.Int(1), Cbor.Int(7), Cbor.Int(0)) },
        { "a field too few", Cbor.Array(Cbor.Int(Create), Cbor.Int(7)) },
        { "a field of another type", Cbor.Array(Cbor.Int(Create), Cbor.Int(7), Cbor.Int(3)) },
        { "a tagged field", Cbor.Array(Cbor.Int(Create), Cbor.Int(7), Cbor.Raw("c061 61".Replace(" ", ""))) },
        { "a text in chunks", Cbor.Array(Cbor.Int(Create), Cbor.Int(7), Cbor.Raw("7f616161" + "62ff")) },
        { "a text that is not UTF-8", Cbor.Array(Cbor.Int(Create), Cbor.Int(7), Cbor.Raw("61ff")) },
        {
            "a text that encodes a surrogate",
            Cbor.Array(Cbor.Int(Create), Cbor.Int(7), Cbor.Raw("63eda080"))
        },
        { "bytes in chunks", Cbor.Array(Cbor.Int(Attest), Cbor.Int(7), Cbor.Raw("5f4101" + "4102ff")) },
        { "undefined for null", Cbor.Array(Cbor.Int(Attest), Cbor.Int(7), Cbor.Raw("f7")) },
        { "an indefinite list", Cbor.Array(Cbor.Int(Heads), Cbor.Int(7), Cbor.Raw("9fff")) },
        { "2^31 - 1 chains announced", [0x83, Heads, 0x07, 0x9a, 0x7f, 0xff, 0xff, 0xff] },
        { "a list that ends early", [0x83, Heads, 0x07, 0x82, 0x61, 0x61] },
        { "hashes that are not whole", OneItem(Cbor.Blob(33)) },
        {
            "witness lines that are bytes",
            Cbor.Array(Cbor.Int(Create), Cbor.Int(7), Cbor.Text("o"), Cbor.Blob(3))
        },
        {
            "no witness lines at all",
            Cbor.Array(Cbor.Int(Seal), Cbor.Int(7), Cbor.Text("o"), Cbor.Int(1), Cbor.Raw("f6"))
        },
        { "a seal of a negative size", SealOf(-1) },
        { "a prior proposal without its signature", WithProposal(Cbor.Text("c")) },
        { "a prior proposal of three fields", WithProposal(Cbor.Text("c"), Cbor.Blob(64), Cbor.Int(0)) },
        { "a prior proposal whose signature is short", WithProposal(Cbor.Text("c"), Cbor.Blob(63)) },
        { "a byte after the message", [.. Cbor.Encode(new DescribeRequest()), 0x00] },
        {
            "a second message",
            [.. Cbor.Encode(new DescribeRequest()), .. Cbor.Encode(new DescribeRequest())]
        },
        { "a message cut short", Cbor.Encode(new CreateRequest("abc"))[..^1] },
    };

    public static TheoryData<string, byte[]> TooMuch => new()
    {
        {
            "an origin of 256 bytes",
            Cbor.Array(Cbor.Int(Create), Cbor.Int(7), Cbor.Text(new string('o', 256)))
        },
        { "a nonce of 513 bytes", Cbor.Array(Cbor.Int(Attest), Cbor.Int(7), Cbor.Blob(513)) },
        { "4,097 chains asked for", Origins(4097) },
        { "65,537 leaves in one item", OneItem(Cbor.Blob(65_537 * 32)) },
        {
            "65,537 leaves in two items",
            Cbor.Encode(new AppendRequest([Item("a", 65_536), Item("b", 1)]))
        },
        { "a checkpoint over its limit", ResumeOf(checkpoint: Limits.CheckpointBytesMax + 1) },
        { "a document over its limit", ResumeOf(document: Limits.DocumentBytesMax + 1) },
        { "65 hashes of a compact range", ResumeOf(hashes: 65) },
        {
            "a prior proposal over its limit",
            WithProposal(Cbor.Text(new string('c', Limits.CheckpointBytesMax + 1)), Cbor.Blob(64))
        },
        { "witness lines to create by over their limit", Cbor.Encode(new CreateRequest("o", Lines(1))) },
        { "witness lines to resume by over their limit", ResumeOf(lines: Lines(1)) },
        { "witness lines to seal by over their limit", Cbor.Encode(new SealRequest("o", 1, Lines(1))) },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void DecodeRequest_WhatIsNoRequest_IsRefusedAsMalformed(string what, byte[] payload)
    {
        var act = () => RequestCodec.Decode(payload);
        act.Should().Throw<ProtocolException>(what).Which.Reason.Should().Be(ProtocolError.Malformed);
    }

    [Theory]
    [MemberData(nameof(TooMuch))]
    public void DecodeRequest_WhatIsOverALimit_IsRefusedAsSuch(string what, byte[] payload)
    {
        var act = () => RequestCodec.Decode(payload);
        act.Should().Throw<ProtocolException>(what).Which.Reason.Should().Be(ProtocolError.LimitExceeded);
    }

    [Fact]
    public void DecodeRequest_EverythingAtItsLimit_IsTaken()
    {
        RequestCodec.Decode(Cbor.Encode(new CreateRequest(new string('o', 255))));
        RequestCodec.Decode(Cbor.Encode(new AttestRequest(new byte[512])));
        RequestCodec.Decode(Origins(4096));
        RequestCodec.Decode(Cbor.Encode(new AppendRequest([Item("a", 65_535), Item("b", 1)])));
        RequestCodec.Decode(ResumeOf(
            Limits.CheckpointBytesMax, Limits.DocumentBytesMax, hashes: 63, Lines(0)));
        RequestCodec.Decode(WithProposal(
            Cbor.Text(new string('c', Limits.CheckpointBytesMax)), Cbor.Blob(64)));
        RequestCodec.Decode(Cbor.Encode(new CreateRequest("o", Lines(0))));
        RequestCodec.Decode(Cbor.Encode(new SealRequest("o", ulong.MaxValue, Lines(0))));
    }

    [Fact]
    public void DecodeRequest_ALongListAnnouncedInAShortFrame_ReservesNothingForIt()
    {
        byte[] payload = [0x83, Heads, 0x07, 0x99, 0x10, 0x00]; // 4,096 origins, of which none comes
        var before = GC.GetAllocatedBytesForCurrentThread();
        var act = () => RequestCodec.Decode(payload);
        act.Should().Throw<ProtocolException>();
        (GC.GetAllocatedBytesForCurrentThread() - before)
            .Should().BeLessThan(200_000, "4,096 references alone are 32,768 bytes");
    }

    [Fact]
    public void DecodeReply_AReasonThatDoesNotExist_IsMalformed()
    {
        var payload = Cbor.Array(Cbor.Int(Refused), Cbor.Int(7), Cbor.Int(19), Cbor.Text("?"));
        var act = () => ReplyCodec.Decode(payload);
        act.Should().Throw<ProtocolException>().Which.Reason.Should().Be(ProtocolError.Malformed);
    }

    [Fact]
    public void DecodeReply_AModeThatDoesNotExist_IsMalformed()
    {
        var payload = Cbor.Array(
            Cbor.Int(1), Cbor.Int(7), Cbor.Text("n"), Cbor.Blob(32),
            Cbor.Int(1), Cbor.Int(2), Cbor.Text("p"));
        var act = () => ReplyCodec.Decode(payload);
        act.Should().Throw<ProtocolException>().Which.Reason.Should().Be(ProtocolError.Malformed);
    }

    public static TheoryData<string, DescribeReply> Overlong => new()
    {
        { "a policy over its limit", Description(new string('p', Limits.WitnessPolicyBytesMax + 1)) },
        { "too many chains", Description("", [.. Enumerable.Repeat("c", Limits.WitnessedChainsMax + 1)]) },
        { "a chain's id over its limit", Description("", new string('c', Limits.ChainIdBytesMax + 1)) },
    };

    [Theory]
    [MemberData(nameof(Overlong))]
    public void DecodeReply_ADescriptionOverALimit_IsRefusedAsSuch(string what, DescribeReply reply)
    {
        var act = () => ReplyCodec.Decode(Cbor.Encode(reply));
        act.Should().Throw<ProtocolException>(what).Which.Reason.Should().Be(ProtocolError.LimitExceeded);
    }

    [Fact]
    public void DecodeReply_ADescriptionAtItsLimits_IsTaken() => ReplyCodec.Decode(Cbor.Encode(Description(
        new string('p', Limits.WitnessPolicyBytesMax),
        [.. Enumerable.Repeat(new string('c', Limits.ChainIdBytesMax), Limits.WitnessedChainsMax)])));

    [Fact]
    public void DecodeReply_AProposalIsNeverTakenForACosignature()
    {
        var proposed = new AppendResult { NewSize = 1, Proposal = SampleMessages.Bytes(64, 1) };
        var (_, reply) = ReplyCodec.Decode(Cbor.Encode(new AppendReply([proposed])));
        var result = ((AppendReply)reply).Results[0];
        (result.Cosignature.IsEmpty, result.Time, result.Proposal?.Length).Should().Be((true, 0ul, 64));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(65)]
    public void DecodeReply_ASignatureOfAnotherLength_IsRefused(int length)
    {
        var head = new Head("o", 1, SampleMessages.Hash(1), 1, new byte[length]);
        var act = () => ReplyCodec.Decode(Cbor.Encode(new OpenReply(head)));
        act.Should().Throw<ProtocolException>();
    }

    [Theory]
    [InlineData("é")]
    [InlineData("𝄞")]
    [InlineData("\ud800")]
    public void EncodeReply_ADetailOfAnyLengthAndKind_IsCutToItsLimitAndReadable(string character)
    {
        var detail = string.Concat(Enumerable.Repeat(character, 2000));
        var refused = new RefusedReply(new EnclaveRefusal(EnclaveRefusalReason.Internal, detail));
        var (_, reply) = ReplyCodec.Decode(Cbor.Encode(refused));
        var carried = ((RefusedReply)reply).Refusal.Detail;
        Encoding.UTF8.GetByteCount(carried)
            .Should().BeInRange(Limits.DetailBytesMax - 3, Limits.DetailBytesMax);
    }

    private static byte[] OneItem(Action<CborWriter> leaves) => Cbor.Array(
        Cbor.Int(Append), Cbor.Int(7), writer =>
        {
            writer.WriteStartArray(1);
            writer.WriteEncodedValue(Cbor.Array(Cbor.Text("o"), Cbor.Int(0), leaves, Cbor.Raw("f4")));
            writer.WriteEndArray();
        });

    private static AppendItem Item(string origin, int leaves) => new(origin, 0, new byte[leaves * 32], false);

    private static byte[] Origins(int count) =>
        Cbor.Encode(new HeadsRequest([.. Enumerable.Repeat("o", count)]));

    private static byte[] ResumeOf(int checkpoint = 1, int document = 1, int hashes = 1, string lines = "") =>
        Cbor.Encode(new ResumeRequest(
            "o", new string('c', checkpoint), 1, new byte[64], new byte[document],
            [.. Enumerable.Repeat(SampleMessages.Hash(1), hashes)], WitnessLines: lines));

    private static byte[] WithProposal(params Action<CborWriter>[] proposal) => Cbor.Array(
        Cbor.Int(Resume), Cbor.Int(7), Cbor.Text("o"), Cbor.Text("c"), Cbor.Int(1), Cbor.Blob(64),
        Cbor.Blob(1), Cbor.Blob(32), writer => writer.WriteEncodedValue(Cbor.Array(proposal)), Cbor.Text(""));

    private static byte[] SealOf(long size) => Cbor.Array(
        Cbor.Int(Seal), Cbor.Int(7), Cbor.Text("o"), Cbor.Int(size), Cbor.Text(""));

    private static string Lines(int over) => new('l', Limits.WitnessLinesBytesMax + over);

    private static DescribeReply Description(string policy, params string[] chains) =>
        new("n", new byte[32], 2, EnclaveMode.Nitro, "p", policy, chains);
}
