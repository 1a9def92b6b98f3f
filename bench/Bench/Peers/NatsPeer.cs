using System.Diagnostics;
using System.Globalization;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Peers;

/// <summary>NATS JetStream: a stream in files, each publication acknowledged.</summary>
/// <param name="synced">
/// Whether its folder is marked for synchronous updates (<c>chattr +S</c>): version 2.9 has no setting to sync what
/// it acknowledges, but writes each publication before it does, and in such a folder a write returns when it is on
/// the disk. Made durable in this way it can be compared with the others.
/// </param>
internal sealed class NatsPeer(bool synced) : Peer
{
    private const int ReplicasOne = 1;

    public override string Name => synced ? "NATS JetStream, synchronous folder" : "NATS JetStream";

    public override string Durability => synced
        ? "file storage, one replica, each write synced by the file system (chattr +S)"
        : "file storage, one replica; version 2.9 syncs every two minutes, without a setting: not durable";

    public override string? Missing =>
        Installed.Find("nats-server") is null ? "nats-server"
        : synced && Installed.Find("chattr") is null ? "e2fsprogs"
        : null;

    public override async Task<PeerRates> MeasureAsync(string folder, double seconds)
    {
        // What is made in a folder inherits the mark. A file system that has none refuses it.
        if (synced)
            await ChildProcess.RunAsync(Installed.Require("chattr"), ["+S", folder], folder);
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
