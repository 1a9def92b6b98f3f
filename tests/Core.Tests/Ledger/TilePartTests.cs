using CsCheck;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Ledger;

public sealed class TilePartTests
{
    private static readonly byte[] Nodes = Full();

    [Fact]
    public void Parts_HaveEveryNodeOfTheTileAtItsPlace()
    {
        for (var row = 0; row < Tile.Height; row++)
        {
            for (var position = 0; position < Tile.Width >> row; position++)
            {
                var node = TileNodes.Read(Nodes, row, position);
                var holders = Enumerable.Range(0, TilePart.Count).Where(part => TilePart.Has(part, row, position));
                holders.Should().Contain(TilePart.Of(row, position)).And.HaveCount(row < 6 ? 1 : 4);
                holders.Should().OnlyContain(part => TilePart.Read(Cut(part), row, position) == node);
            }
        }
    }

    /// <summary>What a part is made for: one part has all that the proof of any of its hashes reads.</summary>
    [Fact]
    public void APart_HasTheSiblingsOfEachOfItsHashes() => Gen.Int[0, Tile.Width - 1].Sample(position =>
    {
        var part = TilePart.Of(0, position);
        for (var row = 0; row < Tile.Height; row++)
            TilePart.Has(part, row, (position >> row) ^ 1).Should().BeTrue();
    });

    [Fact]
    public void Parts_BeginWithTheTilesHashes_AndKnowItsTop()
    {
        var parts = Enumerable.Range(0, TilePart.Count).Select(Cut).ToList();

        parts.SelectMany(part => part[..TilePart.HashesBytes]).Should().Equal(Nodes[..TileNodes.HashesBytes]);
        var top = MerkleHash.Node(TileNodes.Read(Nodes, 7, 0), TileNodes.Read(Nodes, 7, 1));
        parts.Should().OnlyContain(part => TilePart.Top(part) == top);
    }

    private static byte[] Cut(int part)
    {
        var bytes = new byte[TilePart.SizeBytes];
        TilePart.Cut(Nodes, part, bytes);
        return bytes;
    }

    private static byte[] Full()
    {
        var tile = new PartialTile(0);
        for (var row = 0; row < Tile.Height; row++)
        {
            for (var position = 0; position < Tile.Width >> row; position++)
                tile.Add(row, MerkleHash.Leaf([(byte)row, (byte)position]));
        }

        return tile.Pack();
    }
}
