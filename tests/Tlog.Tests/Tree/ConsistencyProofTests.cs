using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class ConsistencyProofTests
{
    private static readonly MemoryTree Tree = MemoryTree.OfSize(300);

    private static readonly Gen<(int Old, int New)> Sizes =
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300]).Select((a, b) => (Math.Min(a, b), Math.Max(a, b)));

    [Fact]
    public void Build_EveryPairOfSmallSizes_IsTheNaiveProofAndVerifies()
    {
        for (var newSize = 0; newSize <= 70; newSize++)
        {
            for (var oldSize = 0; oldSize <= newSize; oldSize++)
            {
                var proof = ConsistencyProof.Build((ulong)oldSize, (ulong)newSize, Tree);
                proof.Should().Equal(NaiveMerkle.Proof(oldSize, Tree.First(newSize)));
                Verify(oldSize, newSize, proof);
            }
        }
    }

    [Fact]
    public void Build_RandomSizes_IsTheNaiveProofAndVerifies() =>
        Sizes.Sample((oldSize, newSize) =>
        {
            var proof = ConsistencyProof.Build((ulong)oldSize, (ulong)newSize, Tree);
            proof.Should().Equal(NaiveMerkle.Proof(oldSize, Tree.First(newSize)));
            Verify(oldSize, newSize, proof);
        }, iter: 200);

    [Fact]
    public void Build_HugeTree_ReadsOnlyCompleteNodesAndFewOfThem() =>
        Gen.Select(Gen.ULong[1, CompactRange.MaxSize], Gen.ULong[1, CompactRange.MaxSize], Gen.Int[0, 62])
            .Sample((a, b, shift) =>
            {
                var newSize = (Math.Max(a, b) >> shift) + 1;
                var oldSize = Math.Min(Math.Min(a, b), newSize);
                var tree = new UniformTree(newSize);
                var proof = ConsistencyProof.Build(oldSize, newSize, tree);

                tree.Reads.Should().BeLessThanOrEqualTo(2 * 63 + 1);
                ConsistencyProof.Verify(
                    oldSize, UniformTree.RootOf(oldSize), newSize, UniformTree.RootOf(newSize), proof);
            }, iter: 1000);

    [Fact]
    public void Verify_AnyBitFlipped_IsRefused() =>
        Gen.Select(Sizes, Gen.Int, Gen.Int[0, 255]).Where((s, _, _) => s.Old < s.New)
            .Sample((sizes, which, bit) =>
            {
                var (oldSize, newSize) = sizes;
                Hash[] all =
                [
                    NaiveMerkle.Root(Tree.First(oldSize)),
                    .. ConsistencyProof.Build((ulong)oldSize, (ulong)newSize, Tree),
                    NaiveMerkle.Root(Tree.First(newSize)),
                ];
                var at = (int)((uint)which % (uint)all.Length);
                var bytes = all[at].Bytes.ToArray();
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                all[at] = Hash.Read(bytes);

                Refusal.Of(() => ConsistencyProof.Verify(
                    (ulong)oldSize, all[0], (ulong)newSize, all[^1], all.AsSpan(1..^1)))
                    .Should().Be(TlogError.RootMismatch);
            }, iter: 300);

    [Fact]
    public void Verify_AHashMoreOrLess_IsRefused() =>
        Sizes.Where((o, n) => o < n).Sample((oldSize, newSize) =>
        {
            var proof = ConsistencyProof.Build((ulong)oldSize, (ulong)newSize, Tree);
            Refusal.Of(() => Verify(oldSize, newSize, proof.AsSpan(..^1)))
                .Should().Be(TlogError.WrongProofLength);
            Refusal.Of(() => Verify(oldSize, newSize, [.. proof, proof[0]]))
                .Should().Be(TlogError.WrongProofLength);
        }, iter: 200);

    [Fact]
    public void Verify_ARewrittenHistory_IsRefused() =>
        Gen.Select(Sizes, Gen.Int[0, 299]).Where((s, _) => s.Old < s.New).Sample((sizes, number) =>
        {
            var index = number % sizes.Old;
            var (oldSize, newSize) = sizes;
            var rewritten = Tree.First(newSize).ToArray();
            rewritten[index] = MerkleHash.Leaf("rewritten"u8);
            var other = new MemoryTree(rewritten);
            var proof = ConsistencyProof.Build((ulong)oldSize, (ulong)newSize, other);

            Refusal.Of(() => ConsistencyProof.Verify(
                (ulong)oldSize, NaiveMerkle.Root(Tree.First(oldSize)),
                (ulong)newSize, NaiveMerkle.Root(rewritten), proof)).Should().Be(TlogError.RootMismatch);
        }, iter: 100);

    [Fact]
    public void Verify_SizesReversedOrEqualOrZero_FollowTheRule()
    {
        var one = Tree.Leaves[0];
        Refusal.Of(() => ConsistencyProof.Build(2, 1, Tree)).Should().Be(TlogError.SizesReversed);
        Refusal.Of(() => ConsistencyProof.Verify(2, one, 1, one, [])).Should().Be(TlogError.SizesReversed);
        Refusal.Of(() => ConsistencyProof.Verify(1, one, 1, Tree.Leaves[1], []))
            .Should().Be(TlogError.RootMismatch);
        Refusal.Of(() => ConsistencyProof.Verify(1, one, 1, one, [one]))
            .Should().Be(TlogError.WrongProofLength);
        Refusal.Of(() => ConsistencyProof.Verify(0, MerkleHash.Empty, 1, one, [one]))
            .Should().Be(TlogError.WrongProofLength);
        Refusal.Of(() => ConsistencyProof.Verify(0, one, 1, one, [])).Should().Be(TlogError.RootMismatch);
        Refusal.Of(() => ConsistencyProof.Verify(0, one, 0, one, [])).Should().Be(TlogError.RootMismatch);
        Refusal.Of(() => ConsistencyProof.Verify(0, MerkleHash.Empty, 0, one, []))
            .Should().Be(TlogError.RootMismatch);
        ConsistencyProof.Verify(0, MerkleHash.Empty, 0, MerkleHash.Empty, []);
        ConsistencyProof.Verify(0, MerkleHash.Empty, 1, one, []);
    }

    private static void Verify(int oldSize, int newSize, ReadOnlySpan<Hash> proof) =>
        ConsistencyProof.Verify(
            (ulong)oldSize, NaiveMerkle.Root(Tree.First(oldSize)),
            (ulong)newSize, NaiveMerkle.Root(Tree.First(newSize)), proof);
}
