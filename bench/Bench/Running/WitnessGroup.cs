using System.Globalization;

namespace Sequencer.Bench.Running;

/// <summary>
/// Three witnesses of one service's logs, each a process with a key, a state and a folder of its own, and the
/// policy that two of them make a quorum.
/// </summary>
internal sealed class WitnessGroup : IAsyncDisposable
{
    /// <summary>The chain of witnessed finality.</summary>
    public const string SealedChain = "sealed";

    private const int Count = 3;

    private readonly List<ChildProcess> _processes = [];

    private WitnessGroup()
    {
    }

    /// <summary>Lines of a C2SP tlog-policy, without the log.</summary>
    public string Policy { get; private set; } = "";

    /// <summary>The file with them.</summary>
    public required string PolicyFile { get; init; }

    /// <summary>Makes keys and empty states below a gateway's folder, and starts the witnesses.</summary>
    public static async Task<WitnessGroup> StartAsync(string gatewayFolder, Uri gateway, string logPrefix)
    {
        var group = new WitnessGroup { PolicyFile = Path.Combine(gatewayFolder, "witness-policy") };
        try
        {
            List<string> lines = [], names = [];
            for (var number = 1; number <= Count; number++)
            {
                names.Add(string.Create(CultureInfo.InvariantCulture, $"witness-{number}.example"));
                lines.Add(await group.AddAsync(gatewayFolder, names[^1], gateway, logPrefix));
            }

            lines.AddRange([$"group two-of-three 2 {string.Join(' ', names)}", "quorum two-of-three"]);
            group.Policy = string.Concat(lines.Select(line => line + "\n"));
            await File.WriteAllTextAsync(group.PolicyFile, group.Policy);
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.StopAsync();
            await process.DisposeAsync();
        }
    }

    /// <summary>Starts a witness; its line for policies.</summary>
    private async Task<string> AddAsync(string gatewayFolder, string name, Uri gateway, string logPrefix)
    {
        var folder = Directory.CreateDirectory(Path.Combine(gatewayFolder, name)).FullName;
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}");
        (string, string)[] settings =
        [
            ("SEQUENCER_WITNESS__SERVER__LISTEN", address),
            ("SEQUENCER_WITNESS__WITNESS__PUBLIC_URL", address),
            ("SEQUENCER_WITNESS__LOGS__LOCAL__PREFIX", logPrefix),
            ("SEQUENCER_WITNESS__LOGS__LOCAL__ATTESTATION_URL", new Uri(gateway, "log").ToString()),
        ];
        await ChildProcess.RunAsync(
            Programs.Witness, ["config", "--gateway", gatewayFolder, "--name", name], folder);
        var process = ChildProcess.Start(
            Programs.Witness, [], folder, Path.Combine(folder, "witness.log"), settings);
        _processes.Add(process);
        await Readiness.WaitAsync(new Uri(address + "/health/ready"), process.RequireRunning);
        var key = await ChildProcess.RunAsync(Programs.Witness, ["key"], folder, settings);
        return key.TrimEnd().Split('\n')[^1];
    }
}
