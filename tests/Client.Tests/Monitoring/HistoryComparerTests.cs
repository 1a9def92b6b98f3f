using CsCheck;
using Sequencer.Client.Tests.Fixtures;

namespace Sequencer.Client.Tests.Monitoring;

/// <summary>
/// Two trees of any sizes that are the same up to any index, one of them kept, the other served.
/// </summary>
public sealed class HistoryComparerTests : IDisposable
{
    private readonly TestLog _log = new(0);

    public void Dispose() => _log.Dispose();

    [Fact]
    public Task Compare_TreesOfOneHistory_AreConsistent() =>
        Gen.Select(Gen.Int[0, 1_200], Gen.Int[0, 1_200]).SampleAsync(async (heldSize, servedSize) =>
        {
            using var held = _log.Resized(heldSize);
            using var served = _log.Resized(servedSize);
            // An honest log still has the tiles of what it once signed, whatever checkpoint it serves.
            using var all = _log.Resized(Math.Max(heldSize, servedSize));
            (await CompareAsync(held, served, all)).Should().BeOfType<HistoryComparison.Consistent>();
        }, iter: 60);

    [Fact]
    public Task Compare_LargerTreeOfAnotherHistory_IsAlwaysProven() =>
        (from heldSize in Gen.Int[1, 1_200]
         from servedSize in Gen.Int[heldSize + 1, 1_500]
         from fork in Gen.Int[0, heldSize - 1]
         select (heldSize, servedSize, fork)).SampleAsync(async sample =>
        {
            using var held = _log.Resized(sample.heldSize);
            using var served = _log.Resized(sample.servedSize, sample.fork);
            var found = (await CompareAsync(held, served, served))
                .Should().BeOfType<HistoryComparison.Contradictory>().Which.Subtree!;

            found.FindFlaw(Checkpoint(held), Checkpoint(served)).Should().BeNull();
            found.LastIndex.Should().BeGreaterThanOrEqualTo((ulong)sample.fork);
        }, iter: 60);

    [Fact]
    public Task Compare_SmallerTreeOfAnotherHistory_IsNeverConsistent() =>
        (from servedSize in Gen.Int[1, 1_200]
         from heldSize in Gen.Int[servedSize + 1, 1_500]
         from fork in Gen.Int[0, servedSize - 1]
         select (heldSize, servedSize, fork)).SampleAsync(async sample =>
        {
            using var held = _log.Resized(sample.heldSize);
            using var served = _log.Resized(sample.servedSize, sample.fork);
            var comparison = await CompareAsync(held, served, served);

            if (comparison is HistoryComparison.Contradictory(var found))
                found!.FindFlaw(Checkpoint(served), Checkpoint(held)).Should().BeNull();
            else
            {
                comparison.Should().BeOfType<HistoryComparison.Undecided>();
                // What was kept reaches back over the last tile: only there nothing may be left open.
                (sample.heldSize / 256).Should().NotBe(sample.servedSize / 256);
            }
        }, iter: 60);

    [Fact]
    public async Task Compare_SmallerTreeForkedBeforeTheLastTile_IsProvenFromWhatWasKept()
    {
        using var held = _log.Resized(1_000);
        using var served = _log.Resized(600, otherFrom: 300);
        var found = (await CompareAsync(held, served, served))
            .Should().BeOfType<HistoryComparison.Contradictory>().Which.Subtree!;

        (found.FirstIndex, found.LastIndex).Should().Be((256, 511));
    }

    [Theory]
    [InlineData("tile/0/000", 199 * 32)]
    [InlineData("tile/1/000.p/2", 32)]
    [InlineData("tile/0/002.p/88", 0)]
    public async Task Compare_TilesWithheldOrChanged_IsNoProof(string path, int at)
    {
        using var held = _log.Resized(200);
        using var served = _log.Resized(600);
        using var edgeGateway = new StaticGateway(served);
        foreach (var gateway in new[]
        {
            new StaticGateway(served).Replace(path, null), new StaticGateway(served).Flip(path, at),
        })
        {
            (await CompareAsync(held, served, gateway, edgeGateway))
                .Should().BeOfType<HistoryComparison.Undecided>();
            gateway.Dispose();
        }
    }

    private static async Task<HistoryComparison> CompareAsync(TestLog held, TestLog served, TestLog tiles)
    {
        using var gateway = new StaticGateway(tiles);
        return await CompareAsync(held, served, gateway, gateway);
    }

    private static async Task<HistoryComparison> CompareAsync(
        TestLog held, TestLog served, StaticGateway gateway, StaticGateway edgeGateway)
    {
        var edge = await Tiles(edgeGateway, served.Size).ReadEdgeAsync(default);
        using var heldGateway = new StaticGateway(held);
        var heldEdge = await Tiles(heldGateway, held.Size).ReadEdgeAsync(default);
        heldEdge.Root().Should().Be(held.Tree.RootAt(held.Size));
        return await new HistoryComparer(Checkpoint(held), heldEdge, Checkpoint(served),
            Tiles(gateway, served.Size), edge, Tiles(gateway, held.Size)).CompareAsync(default);
    }

    private static TileCache Tiles(StaticGateway gateway, ulong size)
    {
        _ = Tlog.ChainId.TryParse(TestLog.Chain, out var chain);
        return new(gateway.Connect().ReadLog(chain), size);
    }

    private static Tlog.Checkpoint Checkpoint(TestLog log) => log.CheckpointAt(log.Size);
}
