using System.Numerics;
using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class CompactRangeTests
{
    private static readonly MemoryTree Tree = MemoryTree.OfSize(600);

    [Fact]
    public void Append_EveryLeaf_KeepsTheNaiveRootAndThePerfectNodes()
    {
        var range = new CompactRange();
        range.Root().Should().Be(MerkleHash.Empty);
        var created = new List<Hash>();
        for (var i = 0; i < Tree.Leaves.Length; i++)
        {
            created.Clear();
            range.Append(Tree.Leaves[i], created);

            range.Size.Should().Be((ulong)i + 1);
            if (i < 40 || i % 37 == 0)
                range.Root().Should().Be(NaiveMerkle.Root(Tree.First(i + 1)));
            created.Should().HaveCount(BitOperations.TrailingZeroCount(range.Size));
            for (var level = 1; level <= created.Count; level++)
                created[level - 1].Should().Be(Tree.Read(new NodeId(level, (range.Size >> level) - 1)));
            range.Hashes.ToArray().Should().Equal(
                TreeRoot.CompactRangeNodes(range.Size).Select(Tree.Read));
        }
    }

    [Fact]
    public void TryCreate_FromTheHashesOfASize_GoesOnAsTheOriginal() =>
        Gen.Select(Gen.Int[0, 599], Gen.Int[0, 599]).Sample((a, b) =>
        {
            var (from, to) = (Math.Min(a, b), Math.Max(a, b));
            var hashes = TreeRoot.CompactRangeNodes((ulong)from).Select(Tree.Read).ToArray();
            var range = CompactRange.TryCreate((ulong)from, hashes)!;
            for (var i = from; i < to; i++)
                range.Append(Tree.Leaves[i]);
            return range.Root() == NaiveMerkle.Root(Tree.First(to));
        }, iter: 100);

    [Theory]
    [InlineData(0UL, 1)]
    [InlineData(1UL, 0)]
    [InlineData(3UL, 1)]
    [InlineData(4UL, 2)]
    [InlineData(ulong.MaxValue, 64)]
    [InlineData(CompactRange.MaxSize + 1, 1)]
    public void TryCreate_AnotherCountOrTooLargeASize_IsNull(ulong size, int count) =>
        CompactRange.TryCreate(size, new Hash[count]).Should().BeNull();

    [Fact]
    public void Append_FullTree_Throws()
    {
        var range = CompactRange.TryCreate(CompactRange.MaxSize - 1, new Hash[62])!;
        range.Append(MerkleHash.Empty);

        var append = () => range.Append(MerkleHash.Empty);
        append.Should().Throw<InvalidOperationException>().WithMessage("*full*");
        range.Size.Should().Be(CompactRange.MaxSize);
    }

    [Fact]
    public void Clone_Appended_LeavesTheOriginalAlone()
    {
        var range = new CompactRange();
        range.Append(Tree.Leaves[0]);
        var clone = range.Clone();
        clone.Append(Tree.Leaves[1]);

        range.Size.Should().Be(1);
        range.Root().Should().Be(Tree.Leaves[0]);
        clone.Root().Should().Be(NaiveMerkle.Root(Tree.First(2)));
    }

    [Fact]
    public void CompactRangeNodes_TileTheWholeSize() =>
        Gen.ULong.Sample(size =>
        {
            var end = 0UL;
            foreach (var node in TreeRoot.CompactRangeNodes(size))
            {
                if (node.Index << node.Level != end)
                    return false;
                end += 1UL << node.Level;
            }

            return end == size;
        });
}
