using System.Globalization;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Peers;

/// <summary>Redis streams: <c>XADD</c> with the append-only file synced before each answer.</summary>
internal sealed class RedisPeer : Peer
{
    private const int ProbeRequests = 20_000;
    private const int Pipeline = 64;

    public override string Name => "Redis streams";

    public override string Durability => "appendonly yes, appendfsync always";

    public override string? Missing =>
        Installed.Find("redis-server") is null || Installed.Find("redis-benchmark") is null
            ? "redis-server"
            : null;

    public override async Task<PeerRates> MeasureAsync(string folder, double seconds)
    {
        var port = FreePort.Find().ToString(CultureInfo.InvariantCulture);
        await using var server = ChildProcess.Start(Installed.Require("redis-server"),
            [
                "--bind", "127.0.0.1", "--port", port, "--dir", folder, "--save", "",
                "--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0",
            ],
            folder, Path.Combine(folder, "redis.log"));
        await PortReadiness.WaitAsync(int.Parse(port, CultureInfo.InvariantCulture), server.RequireRunning);
        var single = await LoadAsync(folder, port, pipeline: 1, seconds);
        var batch = await LoadAsync(folder, port, Pipeline, seconds);
        await server.StopAsync();
        return new PeerRates(
            single, "redis-benchmark, XADD",
            batch, $"redis-benchmark, XADD, {Pipeline} in a pipeline, {Clients} clients");
    }

    /// <summary>The tool takes a number of requests, not a time: a short run says how many fill it.</summary>
    private static async Task<double> LoadAsync(string folder, string port, int pipeline, double seconds)
    {
        var probe = await RunAsync(folder, port, pipeline, ProbeRequests * (pipeline == 1 ? 1 : 10));
        return await RunAsync(folder, port, pipeline, (long)(probe * seconds));
    }

    private static async Task<double> RunAsync(string folder, string port, int pipeline, long requests)
    {
        var output = await ChildProcess.RunAsync(Installed.Require("redis-benchmark"),
            [
                "-h", "127.0.0.1", "-p", port, "-c", Clients.ToString(CultureInfo.InvariantCulture),
                "-P", pipeline.ToString(CultureInfo.InvariantCulture),
                "-n", requests.ToString(CultureInfo.InvariantCulture), "--csv",
                "XADD", "entries", "*", "data", new string('e', EntryBytes),
            ],
            folder);
        // Two lines: names, then the test and its requests a second, each in quotes.
        var fields = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split("\",\"");
        return double.Parse(fields[1].Trim('"'), CultureInfo.InvariantCulture);
    }
}
