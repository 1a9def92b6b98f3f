using System.Globalization;
using Sequencer.Bench.Load;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Peers;

/// <summary>etcd, one member, by its HTTP interface: a put, and a transaction of many puts.</summary>
internal sealed class EtcdPeer : Peer
{
    private const string Quota = "8589934592";

    public override string Name => "etcd";

    public override string Durability => "one member; it syncs its log before it answers";

    public override string? Missing =>
        Installed.Find("etcd") is null ? "etcd-server" : Installed.Find("wrk") is null ? "wrk" : null;

    public override async Task<PeerRates> MeasureAsync(string folder, double seconds)
    {
        var client = Loopback();
        var peer = Loopback();
        await using var server = ChildProcess.Start(Installed.Require("etcd"),
            [
                "--data-dir", Path.Combine(folder, "data"), "--listen-client-urls", client,
                "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", $"default={peer}",
                "--quota-backend-bytes", Quota,
                "--max-txn-ops", BatchEntries.ToString(CultureInfo.InvariantCulture),
            ],
            folder, Path.Combine(folder, "etcd.log"));
        await Readiness.WaitAsync(new Uri(client + "/health"), server.RequireRunning);
        var target = new LoadTarget(new Uri(client), server.Id, EnclaveId: null);
        var single = await LoadAsync(target, 1, Clients, seconds);
        var batch = await LoadAsync(target, BatchEntries, BatchClients, seconds) * BatchEntries;
        await server.StopAsync();
        return new PeerRates(
            single, "wrk, POST /v3/kv/put (its gRPC is faster than this JSON)",
            batch, string.Create(CultureInfo.InvariantCulture,
                $"wrk, POST /v3/kv/txn, {BatchEntries:#,0} puts a transaction, {BatchClients} connections"));
    }

    private static async Task<double> LoadAsync(
        LoadTarget target, int entries, int connections, double seconds)
    {
        string[] arguments = [entries.ToString(CultureInfo.InvariantCulture)];
        var result = await Wrk.RunAsync(target, "Peers/etcd.lua", arguments, connections, seconds);
        return Figures.Stage.Require(result, "etcd").PerSecond;
    }

    private static string Loopback() =>
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}");
}
