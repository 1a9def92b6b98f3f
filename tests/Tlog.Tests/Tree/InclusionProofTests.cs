using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class InclusionProofTests
{
    private static readonly MemoryTree Tree = MemoryTree.OfSize(300);

    private static readonly Gen<(int Index, int Size)> Places =
        Gen.Select(Gen.Int[1, 300], Gen.Int[0, 299]).Select((size, number) => (number % size, size));

    private static readonly Gen<(ulong Index, ulong Size)> HugePlaces =
        Gen.Select(Gen.Int[0, 62], Gen.ULong, Gen.ULong).Select((bits, size, index) =>
        {
            var leaves = (size >> (63 - bits) >> 1) + 1;
            return (index % leaves, leaves);
        });

    [Fact]
    public void Build_EveryPlaceOfSmallTrees_IsTheNaivePathAndVerifies()
    {
        for (var size = 1; size <= 70; size++)
        {
            var root = NaiveMerkle.Root(Tree.First(size));
            for (var index = 0; index < size; index++)
            {
                var proof = InclusionProof.Build((ulong)index, (ulong)size, Tree);
                proof.Should().Equal(NaiveMerkle.Path(index, Tree.First(size)));
                InclusionProof.Verify((ulong)index, (ulong)size, Tree.Leaves[index], proof, root);
            }
        }
    }

    [Fact]
    public void Build_RandomPlace_IsTheNaivePath() =>
        Places.Sample((index, size) => InclusionProof.Build((ulong)index, (ulong)size, Tree)
                .SequenceEqual(NaiveMerkle.Path(index, Tree.First(size))), iter: 200);

    [Fact]
    public void Build_WithTheRightEdge_IsTheSameProofForEveryPlaceOfSmallTrees()
    {
        for (var size = 1UL; size <= 130; size++)
        {
            var edge = RaggedEdge.Of(size, Tree);
            edge.Root.Should().Be(NaiveMerkle.Root(Tree.First((int)size)));
            for (var index = 0UL; index < size; index++)
            {
                InclusionProof.Build(index, Tree, edge)
                    .SequenceEqual(InclusionProof.Build(index, size, Tree)).Should().BeTrue();
            }
        }

        RaggedEdge.Of(0, Tree).Root.Should().Be(MerkleHash.Empty);
    }

    [Fact]
    public void Build_WithTheRightEdgeOfAHugeTree_Verifies() =>
        HugePlaces.Sample((index, size) =>
        {
            var tree = new UniformTree(size);
            var proof = InclusionProof.Build(index, tree, RaggedEdge.Of(size, tree));
            InclusionProof.Verify(index, size, UniformTree.Leaf, proof, UniformTree.RootOf(size));
        }, iter: 1000);

    [Fact]
    public void Build_HugeTree_ReadsOnlyCompleteNodesAndFewOfThem() =>
        HugePlaces.Sample((index, size) =>
        {
            var tree = new UniformTree(size);
            var proof = InclusionProof.Build(index, size, tree);

            proof.Length.Should().BeLessThanOrEqualTo(InclusionProof.MaxHashes);
            tree.Reads.Should().BeLessThanOrEqualTo(2 * 63);
            TreeRoot.Compute(size, tree).Should().Be(UniformTree.RootOf(size));
            InclusionProof.Verify(index, size, UniformTree.Leaf, proof, UniformTree.RootOf(size));
        }, iter: 1000);

    [Fact]
    public void Verify_AnyBitFlipped_IsRefused() =>
        Gen.Select(Places, Gen.Int, Gen.Int[0, 255]).Sample((place, which, bit) =>
            {
                var (index, size) = place;
                var proof = InclusionProof.Build((ulong)index, (ulong)size, Tree);
                var root = NaiveMerkle.Root(Tree.First(size));
                // Every hash there is: the leaf, those of the proof, the root.
                Hash[] all = [Tree.Leaves[index], .. proof, root];
                var at = (int)((uint)which % (uint)all.Length);
                all[at] = Flip(all[at], bit);

                Refusal.Of(() => InclusionProof.Verify(
                    (ulong)index, (ulong)size, all[0], all.AsSpan(1..^1), all[^1]))
                    .Should().Be(TlogError.RootMismatch);
            }, iter: 300);

    [Fact]
    public void Verify_AnotherIndexOrLength_IsRefused() =>
        Gen.Select(Places, Gen.Int[0, 400]).Where((place, other) => place.Size > 1 && place.Index != other)
            .Sample((place, otherIndex) =>
            {
                var (index, size) = place;
                var root = NaiveMerkle.Root(Tree.First(size));
                var proof = InclusionProof.Build((ulong)index, (ulong)size, Tree);
                var leaf = Tree.Leaves[index];

                Refusal.Of(() => Verify(otherIndex, proof)).Should().BeOneOf(
                    TlogError.RootMismatch, TlogError.WrongProofLength, TlogError.IndexOutOfRange);
                Refusal.Of(() => Verify(index, proof[..^1])).Should().Be(TlogError.WrongProofLength);
                Refusal.Of(() => Verify(index, [.. proof, root])).Should().Be(TlogError.WrongProofLength);

                void Verify(int at, Hash[] hashes) =>
                    InclusionProof.Verify((ulong)at, (ulong)size, leaf, hashes, root);
            }, iter: 200);

    [Fact]
    public void Build_IndexNotBelowSize_IsRefused()
    {
        Refusal.Of(() => InclusionProof.Build(0, 0, Tree)).Should().Be(TlogError.IndexOutOfRange);
        Refusal.Of(() => InclusionProof.Build(5, 5, Tree)).Should().Be(TlogError.IndexOutOfRange);
        Refusal.Of(() => InclusionProof.Build(0, Tree, RaggedEdge.Of(0, Tree))).Should().Be(TlogError.IndexOutOfRange);
        Refusal.Of(() => InclusionProof.Build(5, Tree, RaggedEdge.Of(5, Tree))).Should().Be(TlogError.IndexOutOfRange);
        Refusal.Of(() => InclusionProof.RootFrom(ulong.MaxValue, ulong.MaxValue, MerkleHash.Empty, []))
            .Should().Be(TlogError.IndexOutOfRange);
    }

    [Fact]
    public void RootFrom_SixtyFiveHashes_IsRefusedAtAnySize() =>
        Gen.Select(Gen.ULong, Gen.ULong).Where((index, size) => index < size).Sample((index, size) =>
            Refusal.Of(() => InclusionProof.RootFrom(index, size, MerkleHash.Empty, new Hash[65]))
                .Should().Be(TlogError.WrongProofLength), iter: 200);

    private static Hash Flip(Hash hash, int bit)
    {
        var bytes = hash.Bytes.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return Hash.Read(bytes);
    }
}
