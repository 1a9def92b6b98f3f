using CsCheck;
using Sequencer.Tlog;
using Hash = Sequencer.Tlog.Hash;

namespace Sequencer.Hashing.Tests;

/// <summary>What is hashed in lanes is what RFC 6962 says, one by one.</summary>
public sealed class MerkleLanesTests
{
    /// <summary>Lengths around the ends of SHA-256 blocks, and beyond what lanes take.</summary>
    private static readonly int[] Edges = [54, 55, 118, 119, 256, 950, 951, 1_014, 1_015, 4_000];
    private static readonly Gen<int> Lengths =
        Gen.OneOf(Gen.Int[0, 200], Gen.Int[0, Edges.Length - 1].Select(which => Edges[which]));

    [Fact]
    public void HashLeaves_EntriesOfOneLength_AreTheLeafHashes() =>
        Gen.Select(Lengths, Gen.Int[1, 40], Gen.Int).Sample((length, count, seed) =>
            Check(Enumerable.Repeat(length, count), seed));

    [Fact]
    public void HashLeaves_EntriesOfManyLengths_AreTheLeafHashes() =>
        Gen.Select(Lengths.Array[0, 200], Gen.Int).Sample((lengths, seed) => Check(lengths, seed));

    [Fact]
    public void FoldFull_AnyPerfectSubtree_IsItsRoot() =>
        Gen.Select(Gen.Int[0, Tile.Height], Gen.Int).Sample((height, seed) =>
        {
            var random = new Random(seed);
            var hashes = Enumerable.Range(0, 1 << height).Select(_ => RandomHash(random)).ToArray();
            var range = new CompactRange();
            foreach (var hash in hashes)
                range.Append(hash);
            MerkleLanes.FoldFull(hashes).Should().Be(range.Root());
        }, iter: 100);

    private static void Check(IEnumerable<int> lengths, int seed)
    {
        var random = new Random(seed);
        var entries = lengths.Select(length => RandomBytes(random, length)).ToArray();
        var hashes = new Hash[entries.Length];
        MerkleLanes.HashLeaves(entries, hashes);
        hashes.Should().Equal(entries.Select(entry => MerkleHash.Leaf(entry.Span)));
    }

    private static Hash RandomHash(Random random) => Hash.Read(RandomBytes(random, Hash.SizeBytes).Span);

    private static ReadOnlyMemory<byte> RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
