using Sequencer.Client.Tests.Fixtures;
using static Sequencer.Client.MonitorEventKind;

namespace Sequencer.Client.Tests.Monitoring;

public sealed class RehashTests : IDisposable
{
    private readonly MonitorFixture _m = new(700);

    public RehashTests() => _m.Options.Rehash = RehashMode.New;

    public void Dispose() => _m.Dispose();

    [Fact]
    public async Task New_ReadsWhatCameSinceTheLastTime()
    {
        (await _m.LookAsync()).Should().Equal(FirstContact);
        using var grown = _m.Log.Resized(1_100);
        (await _m.LookAsync(grown)).Should().Equal(CheckpointVerified, EntriesVerified);

        Entries().Should().Equal("tile/entries/002", "tile/entries/003", "tile/entries/004.p/76");
        _m.Restart();
        (await _m.LookAsync()).Should().Equal(Unchanged);
    }

    [Fact]
    public async Task All_ReadsEverythingOnceThenTheNews()
    {
        _m.Options.Rehash = RehashMode.All;
        (await _m.LookAsync()).Should().Equal(FirstContact, EntriesVerified);
        Entries().Should().HaveCount(3);
        using var grown = _m.Log.Resized(701);
        (await _m.LookAsync(grown)).Should().Equal(CheckpointVerified, EntriesVerified);
        Entries().Should().HaveCount(1);
    }

    [Fact]
    public async Task EntryChanged_IsWrongUntilItIsRight()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(800);
        _m.Gateway.Serve(grown).Now!.Flip("tile/entries/003.p/32", 5);
        (await _m.LookAsync()).Should().Equal(CheckpointVerified, EntriesWrong);
        (await _m.LookAsync()).Should().Equal(EntriesWrong);

        (await _m.LookAsync(grown)).Should().Equal(EntriesVerified);
    }

    [Fact]
    public async Task LeavesThatDoNotGiveTheRoot_AreWrong()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(1_100);
        using var other = _m.Log.Resized(1_100, otherFrom: 800);
        // A full tile below the edge, and its entries, changed together: only the root tells.
        _m.Gateway.Serve(grown).Now!
            .Replace("tile/0/003", new StaticGateway(other).Honest("tile/0/003"))
            .Replace("tile/entries/003", new StaticGateway(other).Honest("tile/entries/003"));

        (await _m.LookAsync()).Should().Equal(CheckpointVerified, EntriesWrong);
    }

    private IEnumerable<string> Entries() =>
        from path in _m.Gateway.Now!.Asked
        where path.Contains("entries", StringComparison.Ordinal)
        orderby path
        select path["log/demo/".Length..];
}
