using System.Security.Cryptography;
using CsCheck;

namespace Sequencer.Tlog.Tests;

/// <summary>Either way of hashing gives the framework's SHA-256, whatever the lengths.</summary>
public sealed class Sha256Tests
{
    private static readonly Gen<(byte[] First, byte[] Second)> Pieces =
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Byte.Array[0, 3_000]);

    [LibcryptoFact]
    public void ByLibcrypto_AnyPieces_IsTheFrameworksHash() => Pieces.Sample(pieces =>
        Sha256.ByLibcrypto(pieces.First, pieces.Second).Bytes.SequenceEqual(Expected(pieces)), iter: 1_000);

    [Fact]
    public void ByFramework_AnyPieces_IsTheFrameworksHash() => Pieces.Sample(pieces =>
        Sha256.ByFramework(pieces.First, pieces.Second).Bytes.SequenceEqual(Expected(pieces)), iter: 1_000);

    /// <summary>The longest entry, and messages about the end of a block and of its room for the padding.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, Entry.MaxSizeBytes)]
    [InlineData(55, 0)]
    [InlineData(56, 0)]
    [InlineData(63, 1)]
    [InlineData(64, 64)]
    public void Of_LengthsAtTheEdges_IsTheFrameworksHash(int first, int second)
    {
        var pieces = (First: Bytes(first), Second: Bytes(second));
        Sha256.Of(pieces.First, pieces.Second).Bytes.ToArray().Should().Equal(Expected(pieces));
    }

    /// <summary>A test of what needs the library; skipped, with the reason, where it is absent.</summary>
    private sealed class LibcryptoFactAttribute : FactAttribute
    {
        public LibcryptoFactAttribute() =>
            Skip = Sha256.HasLibcrypto ? null : "This machine has no libcrypto of OpenSSL 3.";
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(1, count).Select(number => (byte)(number * 7))];

    private static byte[] Expected((byte[] First, byte[] Second) pieces) =>
        SHA256.HashData([.. pieces.First, .. pieces.Second]);
}
