using Sequencer.Bench.Running;

namespace Sequencer.Bench.Peers;

/// <summary>
/// The sequencer beside the systems that users compare it with, one after the other, on the same disk.
/// </summary>
internal static class PeerRun
{
    private static readonly Peer[] Peers =
    [
        new GatewayPeer(), new RedisPeer(), new PostgresPeer(), new EtcdPeer(),
        new NatsPeer(synced: false), new NatsPeer(synced: true), new HypercorePeer(),
    ];

    /// <param name="seconds">How long each load lasts; there are two for each system.</param>
    public static async Task<int> RunAsync(double seconds)
    {
        var started = DateTimeOffset.UtcNow;
        using var folder = new WorkFolder();
        List<PeerResult> results = [];
        foreach (var peer in Peers)
        {
            var result = await MeasureAsync(peer, folder.Sub(Path.GetRandomFileName()), seconds);
            results.Add(result);
            if (result.Rates is { } rates)
                Progress.Line($"{peer.Name}: {rates.Single:#,0} single, {rates.Batch:#,0} in batches");
            else
                Progress.Line($"{peer.Name}: SKIPPED, {result.Skipped}");
        }

        var report = new PeerReport(started, seconds, results);
        report.Print(Console.Out);
        Progress.Line($"written to {report.Save(Path.Combine(Programs.RepositoryRoot, "bench/results"))}");
        return 0;
    }

    private static async Task<PeerResult> MeasureAsync(Peer peer, string folder, double seconds)
    {
        if (peer.Missing is { } package)
            return new(peer, null, $"not installed: apt-get install --no-install-recommends {package}");
        try
        {
            return new PeerResult(peer, await peer.MeasureAsync(folder, seconds), null);
        }
        catch (Exception failure) when (peer is not GatewayPeer)
        {
            // A peer that fails takes nothing from the others; its row says why.
            return new PeerResult(peer, null, failure.Message.ReplaceLineEndings(" "));
        }
    }
}
