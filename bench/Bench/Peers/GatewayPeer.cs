using System.Globalization;
using Sequencer.Bench.Figures;
using Sequencer.Bench.Load;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Peers;

/// <summary>The sequencer itself, as <c>make bench</c> runs it.</summary>
internal sealed class GatewayPeer : Peer
{
    private const string Chain = "peers";

    public override string Name => "BLOCKY Sequencer";

    public override string Durability =>
        "RocksDB, sync on, then signed; the answer to a single one is its receipt";

    /// <summary>Nothing is compared without it: <c>make</c> has seen to what it needs.</summary>
    public override string? Missing => null;

    public override async Task<PeerRates> MeasureAsync(string folder, double seconds)
    {
        await using var service = await Service.StartAsync(folder);
        var tokens = service.Tokens.WriteFile(Path.Combine(folder, "tokens"), Chain);
        var single = new PostLoad { TokenFile = tokens };
        var batch = single with { Entries = BatchEntries };
        var singles = await RunAsync(service, single, Clients, seconds);
        var batches = await RunAsync(service, batch, BatchClients, seconds);
        return new PeerRates(
            singles.PerSecond, "wrk, POST /sequence",
            batches.PerSecond * BatchEntries, string.Create(CultureInfo.InvariantCulture,
                $"wrk, POST /sequence/batch, {BatchEntries:#,0} a call, {BatchClients} connections"));
    }

    private static async Task<LoadResult> RunAsync(
        Service service, PostLoad load, int connections, double seconds)
    {
        var target = LoadTarget.Of(service);
        // As in make bench: code that is still being compiled tells nothing about a server that runs for days.
        await WarmUp.RunAsync(Scope.Standard, step => Wrk.PostAsync(target, load, connections, step));
        return Stage.Require(await Wrk.PostAsync(target, load, connections, seconds), "the gateway");
    }
}
