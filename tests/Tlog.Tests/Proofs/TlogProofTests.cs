using System.Buffers;
using System.Text;
using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class TlogProofTests
{
    private const string Header = "c2sp.org/tlog-proof@v1\n";
    private const string OneHash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

    private static readonly Gen<TlogProof> AnyProof = Gen.Select(
        Gen.ULong[0, TlogProof.MaxIndex], Gen.Byte.Array[Hash.SizeBytes].Array[0, InclusionProof.MaxHashes],
        Gen.Byte.Array[0, 500], Gen.Char['\n', '\u2100'].Array[1, 50])
        .Select((index, hashes, extra, checkpoint) => new TlogProof(
            index,
            [.. hashes.Select(h => Hash.Read(h))],
            extra.Length == 0 ? null : extra,
            new string(checkpoint)));

    [Fact]
    public void Parse_AnyProof_RoundTrips() =>
        AnyProof.Sample(proof =>
        {
            var parsed = TlogProof.Parse(proof.ToString());

            parsed.Should().Be(proof);
            parsed.GetHashCode().Should().Be(proof.GetHashCode());
            parsed.ToString().Should().Be(proof.ToString());
        }, iter: 300);

    [Fact]
    public void Write_AnyProof_SaysHowMuchItWrote() =>
        AnyProof.Sample(proof =>
        {
            var output = new ArrayBufferWriter<byte>();
            var written = TlogProof.Write(
                output, proof.Index, [.. proof.Hashes], Encoding.UTF8.GetBytes(proof.Checkpoint),
                proof.Extra.GetValueOrDefault().Span);
            return written == output.WrittenCount
                && Encoding.UTF8.GetString(output.WrittenSpan) == proof.ToString();
        }, iter: 200);

    [Fact]
    public void Equals_AnyPartChanged_IsFalse()
    {
        var proof = new TlogProof(1, [MerkleHash.Empty], new byte[] { 1 }, "c");

        proof.Should().NotBe(proof with { Index = 2 });
        proof.Should().NotBe(proof with { Hashes = [] });
        proof.Should().NotBe(proof with { Extra = null });
        proof.Should().NotBe(proof with { Checkpoint = "d" });
    }

    [Theory]
    [InlineData("")]
    [InlineData("c2sp.org/tlog-proof@v1")]
    [InlineData("c2sp.org/tlog-proof@v1\r\nindex 0\n\nc\n")]
    [InlineData("c2sp.org/tlog-proof@v2\nindex 0\n\nc\n")]
    [InlineData(Header)]
    [InlineData(Header + "\n")]
    [InlineData(Header + "index 0")]
    [InlineData(Header + "index 0\n")]
    [InlineData(Header + "index 0\n\n")]
    [InlineData(Header + "index\n\nc\n")]
    [InlineData(Header + "index \n\nc\n")]
    [InlineData(Header + "index  0\n\nc\n")]
    [InlineData(Header + "index 00\n\nc\n")]
    [InlineData(Header + "index 01\n\nc\n")]
    [InlineData(Header + "index +1\n\nc\n")]
    [InlineData(Header + "index 0 \n\nc\n")]
    [InlineData(Header + "index 0\0\n\nc\n")]
    [InlineData(Header + "index 9223372036854775807\n\nc\n")]
    [InlineData(Header + "Index 0\n\nc\n")]
    [InlineData(Header + "extra\nindex 0\n\nc\n")]
    [InlineData(Header + "extra \nindex 0\n\nc\n")]
    [InlineData(Header + "extra AA==\nextra AA==\nindex 0\n\nc\n")]
    [InlineData(Header + "index 0\nextra AA==\n\nc\n")]
    [InlineData(Header + "extra AB==\nindex 0\n\nc\n")]
    [InlineData(Header + "extra AA ==\nindex 0\n\nc\n")]
    [InlineData(Header + "index 0\nAAAA\n\nc\n")]
    [InlineData(Header + "index 0\n" + OneHash)]
    [InlineData(Header + "index 0\n" + OneHash + "c\n")]
    [InlineData(Header + "index 0\n " + OneHash + "\nc\n")]
    public void Parse_Malformed_IsRefused(string text) =>
        Refusal.Of(() => TlogProof.Parse(text)).Should().Be(TlogError.MalformedProof);

    [Fact]
    public void Parse_LongestHashesAndExtra_AreTakenAndOneMoreIsNot()
    {
        var longest = new TlogProof(
            TlogProof.MaxIndex, new Hash[InclusionProof.MaxHashes], new byte[TlogProof.MaxExtraBytes], "c\n");
        var text = longest.ToString();
        var extra = Convert.ToBase64String(new byte[TlogProof.MaxExtraBytes]);
        extra.Should().HaveLength(60_000);

        TlogProof.Parse(text).Should().Be(longest);
        Refusal.Of(() => TlogProof.Parse(text.Replace(extra, extra + "AAAA", StringComparison.Ordinal)))
            .Should().Be(TlogError.TooLarge);
        var oneHashMore = text.Replace("=\n\nc", $"=\n{OneHash}\nc", StringComparison.Ordinal);
        Refusal.Of(() => TlogProof.Parse(oneHashMore)).Should().Be(TlogError.WrongProofLength);
    }

    [Fact]
    public void Parse_CheckpointAtAndAboveTheNoteLimit_IsTakenAndRefused()
    {
        var head = Header + "index 0\n\n";
        TlogProof.Parse(head + new string('c', SignedNote.MaxSizeBytes)).ToString()
            .Should().HaveLength(head.Length + SignedNote.MaxSizeBytes);

        Refusal.Of(() => TlogProof.Parse(head + new string('c', SignedNote.MaxSizeBytes + 1)))
            .Should().Be(TlogError.TooLarge);
        Refusal.Of(() => TlogProof.Parse(head + new string('é', SignedNote.MaxSizeBytes / 2 + 1)))
            .Should().Be(TlogError.TooLarge);
        Refusal.Of(() => TlogProof.Parse(head + new string('c', 2 * SignedNote.MaxSizeBytes)))
            .Should().Be(TlogError.TooLarge);
    }

    [Fact]
    public void Parse_LoneSurrogateInTheCheckpoint_IsRefused() =>
        Refusal.Of(() => TlogProof.Parse(Header + "index 0\n\n\ud800\n")).Should().Be(TlogError.InvalidUtf8);

    [Fact]
    public void Write_BeyondALimit_Throws()
    {
        var write = (ulong index, int hashes, int checkpoint, int extra) => TlogProof.Write(
            new ArrayBufferWriter<byte>(), index, new Hash[hashes], new byte[checkpoint], new byte[extra]);

        write(TlogProof.MaxIndex, 63, 1, TlogProof.MaxExtraBytes).Should().BePositive();
        write.Invoking(w => w(TlogProof.MaxIndex + 1, 0, 1, 0)).Should().Throw<ArgumentOutOfRangeException>();
        write.Invoking(w => w(0, 64, 1, 0)).Should().Throw<ArgumentOutOfRangeException>();
        write.Invoking(w => w(0, 0, 0, 0)).Should().Throw<ArgumentOutOfRangeException>();
        write.Invoking(w => w(0, 0, SignedNote.MaxSizeBytes + 1, 0))
            .Should().Throw<ArgumentOutOfRangeException>();
        write.Invoking(w => w(0, 0, 1, TlogProof.MaxExtraBytes + 1))
            .Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void ToString_OfTheSmallestProof_IsTheSpecifiedText() =>
        new TlogProof(0, [], null, "c").ToString().Should().Be(Header + "index 0\n\nc");
}
