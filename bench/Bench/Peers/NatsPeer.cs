using System.Diagnostics;
using System.Globalization;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Peers;

/// <summary>NATS JetStream: a stream in files, each publication acknowledged.</summary>
internal sealed class NatsPeer : Peer
{
    private const int ReplicasOne = 1;

    public override string Name => "NATS JetStream";

    public override string Durability =>
        "file storage, one replica; version 2.9 syncs every two minutes, without a setting: not durable";

    public override string? Missing => Installed.Find("nats-server") is null ? "nats-server" : null;

    public override async Task<PeerRates> MeasureAsync(string folder, double seconds)
    {
        var port = FreePort.Find();
        await using var server = ChildProcess.Start(Installed.Require("nats-server"),
            ["-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-js", "-sd", folder],
            folder, Path.Combine(folder, "nats.log"));
        await PortReadiness.WaitAsync(port, server.RequireRunning);
        using (var admin = await NatsConnection.OpenAsync(port))
            await admin.CreateStreamAsync(ReplicasOne);
        var single = await LoadAsync(port, Clients, window: 1, seconds);
        var batch = await LoadAsync(port, BatchClients, BatchEntries, seconds);
        await server.StopAsync();
        return new PeerRates(
            single, "our sender, one publication awaiting its acknowledgement a connection",
            batch, string.Create(CultureInfo.InvariantCulture,
                $"our sender, {BatchEntries:#,0} publications under way, {BatchClients} connections"));
    }

    private static async Task<double> LoadAsync(int port, int connections, int window, double seconds)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var connection = await NatsConnection.OpenAsync(port);
            long count = 0;
            for (; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; count += window)
                await connection.PublishAsync(window);
            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
