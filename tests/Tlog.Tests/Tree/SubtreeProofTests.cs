using System.Globalization;
using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class SubtreeProofTests
{
    private const int SizeMax = 600;

    private static readonly MemoryTree Tree = MemoryTree.OfSize(SizeMax);

    /// <summary>A size, and a node that is whole at it.</summary>
    private static readonly Gen<(int Size, NodeId Node)> Nodes =
        from size in Gen.Int[1, SizeMax]
        from level in Gen.Int[0, (int)Math.Log2(size)]
        from index in Gen.Int[0, (size >> level) - 1]
        select (size, new NodeId(level, (ulong)index));

    [Fact]
    public void Build_OfAnyWholeSubtree_LeadsToTheRoot() => Nodes.Sample(sample =>
    {
        var (size, node) = ((ulong)sample.Size, sample.Node);
        var proof = SubtreeProof.Build(node, size, Tree);

        SubtreeProof.RootFrom(node, size, Tree.Read(node), proof).Should().Be(TreeRoot.Compute(size, Tree));
    });

    [Fact]
    public void RootFrom_AnotherHashPlaceOrProof_LeadsElsewhere() =>
        Gen.Select(Nodes, Gen.Int[0, 2], Gen.UInt).Sample((sample, kind, at) =>
        {
            var (size, node) = ((ulong)sample.Size, sample.Node);
            var proof = SubtreeProof.Build(node, size, Tree);
            var hash = Tree.Read(node);
            var other = MerkleHash.Leaf("another"u8);
            if (kind == 1 && proof.Length > 0)
                proof[at % proof.Length] = other;
            else if (kind == 2 && SubtreeProof.IsPerfect(node with { Index = node.Index ^ 1 }, size))
                node = node with { Index = node.Index ^ 1 };
            else
                hash = other;

            RootOrNull(node, size, hash, proof).Should().NotBe(TreeRoot.Compute(size, Tree));
        });

    [Theory]
    [InlineData(0, 5, 5)]
    [InlineData(2, 1, 7)]
    [InlineData(63, 0, 7)]
    [InlineData(-1, 0, 7)]
    [InlineData(0, 0, 0)]
    public void RootFrom_SubtreeThatIsNotWhole_IsRefused(int level, ulong index, ulong size)
    {
        var node = new NodeId(level, index);
        var refused = () => SubtreeProof.RootFrom(node, size, MerkleHash.Empty, []);

        refused.Should().Throw<TlogException>()
            .Where(refusal => refusal.Reason == TlogError.IndexOutOfRange)
            .WithMessage($"*subtree {index.ToString(CultureInfo.InvariantCulture)} *");
    }

    private static Hash? RootOrNull(NodeId node, ulong size, Hash hash, Hash[] proof)
    {
        try
        {
            return SubtreeProof.RootFrom(node, size, hash, proof);
        }
        catch (TlogException)
        {
            return null;
        }
    }
}
