using System.Globalization;
using System.Text.Json;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Peers;

/// <summary>Hypercore, the signed append-only log, in a Node process of its own.</summary>
internal sealed class HypercorePeer : Peer
{
    private const string Version = "11.37.1";

    public override string Name => "hypercore";

    public override string Durability => "its defaults: no sync for each append was seen; signed";

    public override string? Missing =>
        Installed.Find("node") is null || Installed.Find("npm") is null ? "nodejs npm" : null;

    public override async Task<PeerRates> MeasureAsync(string folder, double seconds)
    {
        await ChildProcess.RunAsync(Installed.Require("npm"),
            ["install", "--no-audit", "--no-fund", "--loglevel=error", "hypercore@" + Version], folder);
        var script = Path.Combine(folder, "hypercore.cjs");
        File.Copy(Programs.Beside("Peers/hypercore.cjs"), script);
        var output = await ChildProcess.RunAsync(Installed.Require("node"),
            [
                script, Path.Combine(folder, "data"), EntryBytes.ToString(CultureInfo.InvariantCulture),
                Clients.ToString(CultureInfo.InvariantCulture),
                BatchEntries.ToString(CultureInfo.InvariantCulture),
                seconds.ToString(CultureInfo.InvariantCulture),
            ],
            folder);
        using var answer = JsonDocument.Parse(output);
        return new PeerRates(
            answer.RootElement.GetProperty("single").GetDouble(),
            $"in its process, {Clients} appends under way at a time",
            answer.RootElement.GetProperty("batch").GetDouble(),
            string.Create(CultureInfo.InvariantCulture, $"in its process, {BatchEntries:#,0} entries an append"));
    }
}
