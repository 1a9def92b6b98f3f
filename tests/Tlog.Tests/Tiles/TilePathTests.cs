using CsCheck;
using Sequencer.Testing;

namespace Sequencer.Tlog.Tests;

public sealed class TilePathTests
{
    private static readonly Gen<TileId> AnyTile =
        Gen.Select(Gen.Int[0, Tile.MaxLevel], Gen.ULong, Gen.Int[0, 62], Gen.Int[1, Tile.Width])
            .Select((level, index, shift, width) => new TileId(level, index >> shift, width))
            .Where(t => t.ExistsAt(CompactRange.MaxSize));

    [SharedDataFact("vectors/tile-paths.json")]
    public void Paths_OfTheSpecification_AreWrittenAndReadAsGiven()
    {
        var cases = JsonVectors.Load(SharedData.FilePath("vectors/tile-paths.json")).GetProperty("c2sp");
        foreach (var test in cases.EnumerateArray())
        {
            var path = test.Text("path");
            var width = test.TryGetProperty("width", out var w) ? w.GetInt32() : Tile.Width;
            if (test.TryGetProperty("entries", out _))
            {
                var bundle = new EntryBundlePath(test.Number("index"), width);
                bundle.ToPath().Should().Be(path);
                EntryBundlePath.TryParse(path, out var parsed).Should().BeTrue();
                parsed.Should().Be(bundle);
                continue;
            }

            var tile = new TileId(test.GetProperty("level").GetInt32(), test.Number("index"), width);
            tile.ToPath().Should().Be(path);
            TileId.TryParse(path, out var parsedTile).Should().BeTrue();
            parsedTile.Should().Be(tile);
        }
    }

    [SharedDataFact("vectors/tile-paths.json")]
    public void Levels_OfTheSpecificationsSizes_AreAsGiven()
    {
        var cases = JsonVectors.Load(SharedData.FilePath("vectors/tile-paths.json"))
            .GetProperty("resources_for_size");
        foreach (var test in cases.EnumerateArray())
        {
            var size = test.Number("size");
            for (var level = 0; level <= Tile.MaxLevel; level++)
            {
                var full = test.TryGetProperty($"L{level}_full", out var f) ? f.GetUInt64() : 0;
                var partial = test.TryGetProperty($"L{level}_partial", out var p) ? p.GetInt32() : 0;
                TileMath.FullTiles(size, level).Should().Be(full);
                TileMath.PartialWidth(size, level).Should().Be(partial);
            }
        }
    }

    [Fact]
    public void TryParse_AnyTileThatCanExist_RoundTrips() =>
        AnyTile.Sample(tile => TileId.TryParse(tile.ToPath(), out var parsed) && parsed == tile);

    [Fact]
    public void TryParse_AnyBundleThatCanExist_RoundTrips() =>
        AnyTile.Where(t => t.Level == 0).Sample(tile =>
        {
            var bundle = new EntryBundlePath(tile.Index, tile.Width);
            return EntryBundlePath.TryParse(bundle.ToPath(), out var parsed) && parsed == bundle;
        });

    [Theory]
    [InlineData("")]
    [InlineData("tile")]
    [InlineData("tile/")]
    [InlineData("tile/0")]
    [InlineData("tile/0/")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/0/000/")]
    [InlineData("tile//000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/+0/000")]
    [InlineData("tile/8/000")]
    [InlineData("tile/63/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/00")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/x00/000")]
    [InlineData("tile/0/x000/000")]
    [InlineData("tile/0/x000/x001/000")]
    [InlineData("tile/0/001/000")]
    [InlineData("tile/0/x001")]
    [InlineData("tile/0/x001/x000")]
    [InlineData("tile/0/X001/000")]
    [InlineData("tile/0/xx01/000")]
    [InlineData("tile/0/ 01")]
    [InlineData("tile/0/٠٠٠")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/1\0")]
    [InlineData("tile/0\0/000")]
    [InlineData("tile/0/00\0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/1000")]
    [InlineData("tile/0/000.p/-1")]
    [InlineData("tile/0/000.p/1/")]
    [InlineData("tile/0/000.p/1.p/1")]
    [InlineData("tile/0/000.q/1")]
    [InlineData("tile/entries/000")]
    [InlineData("tile/0/../000")]
    [InlineData("tile/0/%30%30%30")]
    [InlineData("tile/0/x036/x028/x797/x018/x963/968")]
    [InlineData("tile/0/x018/x446/x744/x073/x709/x551/616")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("tile/7/000.p/128")]
    [InlineData("tile/7/000")]
    [InlineData("tile/7/001.p/1")]
    public void TryParse_AnotherSpellingOrATileThatCannotExist_IsFalse(string path)
    {
        TileId.TryParse(path, out var tile).Should().BeFalse();
        tile.Should().Be(default(TileId));
        var bundle = path.Replace("tile/0/", "tile/entries/", StringComparison.Ordinal);
        if (!path.Contains("entries", StringComparison.Ordinal))
            EntryBundlePath.TryParse(bundle, out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("tile/0/x036/x028/x797/x018/x963/967.p/255")]
    [InlineData("tile/0/x036/x028/x797/x018/x963/966")]
    [InlineData("tile/7/000.p/127")]
    public void TryParse_LastTilesThatCanExist_IsTrue(string path)
    {
        TileId.TryParse(path, out var tile).Should().BeTrue();
        tile.ExistsAt(CompactRange.MaxSize).Should().BeTrue();
        tile.ToPath().Should().Be(path);
    }

    [Fact]
    public void ExistsAt_AnySize_AgreesWithTheLevels() =>
        Gen.Select(Gen.Int[0, 200_000], Gen.Int[0, 3], Gen.Int[0, 900], Gen.Int[1, 256])
            .Sample((size, level, index, width) =>
            {
                var tile = new TileId(level, (ulong)index, width);
                var full = TileMath.FullTiles((ulong)size, level);
                var partial = TileMath.PartialWidth((ulong)size, level);
                var expected = tile.Index < full || (tile.Index == full && width <= partial);
                return tile.ExistsAt((ulong)size) == expected;
            });

    [Fact]
    public void Levels_AnySize_AreThoseWithAHashAndCountEveryPerfectSubtree() =>
        Gen.ULong[0, CompactRange.MaxSize].Sample(size =>
        {
            var levels = TileMath.Levels(size);
            var expected = 0;
            for (var hashes = size; hashes != 0; hashes /= 256)
            {
                levels[expected].Level.Should().Be(expected);
                (levels[expected].FullTiles * 256 + (ulong)levels[expected].PartialWidth).Should().Be(hashes);
                expected++;
            }

            levels.Should().HaveCount(expected);
        }, iter: 300);

    [Fact]
    public void ExistsAt_NonsenseTile_IsFalse()
    {
        new TileId(-1, 0, 1).ExistsAt(10).Should().BeFalse();
        new TileId(8, 0, 1).ExistsAt(ulong.MaxValue).Should().BeFalse();
        new TileId(0, 0, 0).ExistsAt(10).Should().BeFalse();
        new TileId(0, 0, 257).ExistsAt(1000).Should().BeFalse();
        new TileId(0, 0, 1).ExistsAt(0).Should().BeFalse();
        TileMath.FullTiles(ulong.MaxValue, 8).Should().Be(0);
    }
}
