using CsCheck;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Ledger;

public sealed class TilePartTests
{
    private static readonly byte[] Nodes = Full();

    [Fact]
    public void Parts_HaveEveryNodeOfTheTile()
    {
        var parts = Enumerable.Range(0, TilePart.Crown + 1).Select(Cut).ToList();
        for (var row = 0; row < Tile.Height; row++)
        {
            for (var position = 0; position < Tile.Width >> row; position++)
            {
                parts[TilePart.Of(row, position)].Read(row, position).Should()
                    .Be(TileNodes.Read(Nodes, row, position), "it is node {0} of row {1}", position, row);
            }
        }
    }

    /// <summary>What parts are made for: one of them and the crown have all that the proof of any hash reads.</summary>
    [Fact]
    public void APartAndTheCrown_HaveTheSiblingsOfEachHash() => Gen.Int[0, Tile.Width - 1].Sample(position =>
    {
        var part = TilePart.Of(0, position);
        for (var row = 0; row < Tile.Height; row++)
            TilePart.Of(row, (position >> row) ^ 1).Should().Be(row < TilePart.Height ? part : TilePart.Crown);
    });

    [Fact]
    public void Roots_AreTheCrownsHashes_AndTheCrownsIsTheTiles()
    {
        for (var part = 0; part < TilePart.Crown; part++)
            Cut(part).Root.Should().Be(TileNodes.Read(Nodes, TilePart.Height, part));
        Cut(TilePart.Crown).Root.Should()
            .Be(MerkleHash.Node(TileNodes.Read(Nodes, 7, 0), TileNodes.Read(Nodes, 7, 1)));
    }

    private static TilePart Cut(int part) =>
        new(new TilePartId(new ChainNumber(1), 0, 0, part), TileNodes.PartOf(Nodes, part));

    private static byte[] Full()
    {
        var hashes = Enumerable.Range(0, Tile.Width).Select(i => MerkleHash.Leaf([(byte)i])).ToArray();
        return PartialTile.Restore(0, hashes).Pack();
    }
}
