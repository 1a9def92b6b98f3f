using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class HashTests
{
    private const string Zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    [Fact]
    public void TryParseBase64_AnyHash_RoundTrips() =>
        Gen.Byte.Array[Hash.SizeBytes].Sample(bytes =>
        {
            var hash = Hash.Read(bytes);
            return Hash.TryParseBase64(hash.ToString(), out var parsed)
                && parsed == hash && parsed.Bytes.SequenceEqual(bytes)
                && hash.ToString().Length == Hash.Base64Length;
        });

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA =")]
    [InlineData("    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void TryParseBase64_AnotherSpelling_IsRefused(string text)
    {
        Hash.TryParseBase64(text, out var hash).Should().BeFalse();
        hash.Should().Be(default(Hash));
    }

    [Fact]
    public void TryParseBase64_Zero_IsTheDefault()
    {
        Hash.TryParseBase64(Zero, out var hash).Should().BeTrue();
        hash.Should().Be(default(Hash));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Read_AnotherLength_Throws(int length)
    {
        var read = () => Hash.Read(new byte[length]);
        read.Should().Throw<ArgumentException>().WithMessage("*32 bytes*");
    }

    [Fact]
    public void Equals_OneBitOff_IsFalse() =>
        Gen.Select(Gen.Byte.Array[Hash.SizeBytes], Gen.Int[0, Hash.SizeBytes * 8 - 1]).Sample((bytes, bit) =>
        {
            var hash = Hash.Read(bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var other = Hash.Read(bytes);
            return hash != other && !hash.Equals((object)other) && hash.Equals((object)hash);
        });

    [Fact]
    public void Leaf_OfAnySize_IsThePlainDefinition() =>
        Gen.Byte.Array[0, 3000].Sample(entry =>
            MerkleHash.Leaf(entry).Bytes.SequenceEqual(
                System.Security.Cryptography.SHA256.HashData([0, .. entry])), iter: 300);

    [Fact]
    public void Node_OfTwoHashes_IsThePlainDefinition()
    {
        var (left, right) = (MerkleHash.Leaf("l"u8), MerkleHash.Leaf("r"u8));
        MerkleHash.Node(left, right).Bytes.ToArray().Should().Equal(
            System.Security.Cryptography.SHA256.HashData([1, .. left.Bytes, .. right.Bytes]));
    }
}
