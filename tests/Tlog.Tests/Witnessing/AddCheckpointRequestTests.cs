using System.Buffers;
using System.Text;
using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class AddCheckpointRequestTests
{
    private const string OneHash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

    private static readonly Gen<AddCheckpointRequest> AnyRequest = Gen.Select(
        Gen.ULong[0, CompactRange.MaxSize],
        Gen.Byte.Array[Hash.SizeBytes].Array[0, AddCheckpointRequest.MaxProofHashes],
        Gen.Char['\n', '\u2100'].Array[1, 50])
        .Select((old, hashes, checkpoint) => new AddCheckpointRequest(
            old, [.. hashes.Select(h => Hash.Read(h))], new string(checkpoint)));

    [Fact]
    public void Parse_AnyRequest_RoundTripsAsTextAndAsBytes() =>
        AnyRequest.Sample(request =>
        {
            var text = request.ToString();
            var parsed = AddCheckpointRequest.Parse(text);

            parsed.Should().Be(request);
            parsed.GetHashCode().Should().Be(request.GetHashCode());
            parsed.ToString().Should().Be(text);
            AddCheckpointRequest.Parse(Encoding.UTF8.GetBytes(text)).Should().Be(request);
        }, iter: 300);

    [Fact]
    public void Write_AnyRequest_SaysHowMuchItWrote() =>
        AnyRequest.Sample(request =>
        {
            var output = new ArrayBufferWriter<byte>();
            var written = AddCheckpointRequest.Write(
                output, request.OldSize, request.Proof, Encoding.UTF8.GetBytes(request.Checkpoint));
            return written == output.WrittenCount
                && Encoding.UTF8.GetString(output.WrittenSpan) == request.ToString();
        }, iter: 200);

    [Fact]
    public void ToString_OfTheSmallestRequest_IsTheSpecifiedText() =>
        new AddCheckpointRequest(0, [], "c").ToString().Should().Be("old 0\n\nc");

    [Fact]
    public void Equals_AnyPartChanged_IsFalse()
    {
        var request = new AddCheckpointRequest(1, [MerkleHash.Empty], "c");

        request.Should().NotBe(request with { OldSize = 2 });
        request.Should().NotBe(request with { Proof = [] });
        request.Should().NotBe(request with { Checkpoint = "d" });
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\nc\n")]
    [InlineData("old 0")]
    [InlineData("old 0\n")]
    [InlineData("old 0\n\n")]
    [InlineData("old 0\nc\n\nc\n")]
    [InlineData("old 0\r\n\nc\n")]
    [InlineData("old\n\nc\n")]
    [InlineData("old \n\nc\n")]
    [InlineData("old  0\n\nc\n")]
    [InlineData("old\t0\n\nc\n")]
    [InlineData(" old 0\n\nc\n")]
    [InlineData("Old 0\n\nc\n")]
    [InlineData("size 0\n\nc\n")]
    [InlineData("old 00\n\nc\n")]
    [InlineData("old 01\n\nc\n")]
    [InlineData("old +1\n\nc\n")]
    [InlineData("old -1\n\nc\n")]
    [InlineData("old 1 \n\nc\n")]
    [InlineData("old 0\0\n\nc\n")]
    [InlineData("old 0x1\n\nc\n")]
    [InlineData("old 9223372036854775808\n\nc\n")]
    [InlineData("old 99999999999999999999999\n\nc\n")]
    [InlineData("old 0\nAAAA\n\nc\n")]
    [InlineData("old 0\n " + OneHash + "\nc\n")]
    [InlineData("old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n\nc\n")]
    [InlineData("old 0\n" + OneHash)]
    [InlineData("old 0\n" + OneHash + "c\n")]
    [InlineData("old 0\n" + OneHash + "\n")]
    public void Parse_Malformed_IsRefused(string text) =>
        Refusal.Of(() => AddCheckpointRequest.Parse(text)).Should().Be(TlogError.MalformedWitnessMessage);

    [Fact]
    public void Parse_LargestRequest_IsTakenAndOneMoreOfAnythingIsNot()
    {
        var largest = new AddCheckpointRequest(
            CompactRange.MaxSize, new Hash[AddCheckpointRequest.MaxProofHashes],
            new string('c', AddCheckpointRequest.MaxCheckpointSizeBytes));
        var text = largest.ToString();

        text.Should().HaveLength(AddCheckpointRequest.MaxSizeBytes);
        AddCheckpointRequest.Parse(text).Should().Be(largest);
        Refusal.Of(() => AddCheckpointRequest.Parse(text + "c")).Should().Be(TlogError.TooLarge);
        Refusal.Of(() => AddCheckpointRequest.Parse(Encoding.UTF8.GetBytes(text + "c")))
            .Should().Be(TlogError.TooLarge);
        var tooLong = "old 0\n\n" + new string('é', AddCheckpointRequest.MaxCheckpointSizeBytes / 2) + "c";
        Refusal.Of(() => AddCheckpointRequest.Parse(tooLong)).Should().Be(TlogError.TooLarge);
        var oneHashMore = "old 0\n" + new StringBuilder().Insert(0, OneHash, 64) + "\nc";
        Refusal.Of(() => AddCheckpointRequest.Parse(oneHashMore)).Should().Be(TlogError.WrongProofLength);
    }

    [Fact]
    public void Parse_NotUtf8_IsRefused()
    {
        Refusal.Of(() => AddCheckpointRequest.Parse("old 0\n\n\ud800\n")).Should().Be(TlogError.InvalidUtf8);
        Refusal.Of(() => AddCheckpointRequest.Parse([.. "old 0\n\n"u8, 0xff]))
            .Should().Be(TlogError.InvalidUtf8);
    }

    [Fact]
    public void Write_BeyondALimit_Throws()
    {
        var write = (ulong old, int hashes, int checkpoint) => AddCheckpointRequest.Write(
            new ArrayBufferWriter<byte>(), old, new Hash[hashes], new byte[checkpoint]);

        write(CompactRange.MaxSize, 63, AddCheckpointRequest.MaxCheckpointSizeBytes)
            .Should().Be(AddCheckpointRequest.MaxSizeBytes);
        write.Invoking(w => w(CompactRange.MaxSize + 1, 0, 1)).Should().Throw<ArgumentOutOfRangeException>();
        write.Invoking(w => w(0, 64, 1)).Should().Throw<ArgumentOutOfRangeException>();
        write.Invoking(w => w(0, 0, 0)).Should().Throw<ArgumentOutOfRangeException>();
        write.Invoking(w => w(0, 0, AddCheckpointRequest.MaxCheckpointSizeBytes + 1))
            .Should().Throw<ArgumentOutOfRangeException>();
    }
}
