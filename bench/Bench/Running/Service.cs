using System.Globalization;
using System.Text.Json.Nodes;

namespace Sequencer.Bench.Running;

/// <summary>
/// The system as it runs: the gateway and the simulated enclave, each a process of its own with a Unix socket between
/// them, and a RocksDB ledger that syncs, in a folder of their own; with witnesses where asked.
/// </summary>
internal sealed class Service : IAsyncDisposable
{
    private const string LogPrefix = "bench.example/log";

    private readonly string _folder;
    private readonly ChildProcess _enclave;
    private readonly int? _intervalMs;
    private ChildProcess _gateway;

    private Service(string folder, Uri address, WitnessGroup? witnesses, int? intervalMs)
    {
        (_folder, _intervalMs) = (folder, intervalMs);
        (Address, Witnesses) = (address, witnesses);
        _enclave = ChildProcess.Start(
            Programs.Enclave,
            [
                "--listen", $"unix://{Socket}", "--config", "enclave.json",
                "--root-certificate", "secrets/simulated-root.pem", "--root-key", "secrets/simulated-root.key",
            ],
            folder, Path.Combine(folder, "enclave.log"));
        _gateway = StartGateway();
        Tokens = new Tokens(Path.Combine(folder, "secrets/jwt.key"));
        Memory = new MemoryWatch(_gateway.Id);
    }

    public Uri Address { get; }

    public Tokens Tokens { get; }

    /// <summary>The witnesses that the gateway asks, and that its enclave demands; null when there are none.
    /// </summary>
    public WitnessGroup? Witnesses { get; }

    public int GatewayId => _gateway.Id;

    public int EnclaveId => _enclave.Id;

    /// <summary>Where its keys, its configuration and its ledger are.</summary>
    public string Folder => _folder;

    public string LedgerFolder => Path.Combine(_folder, "data");

    /// <summary>What the gateway's memory was while it ran.</summary>
    public MemoryWatch Memory { get; private set; }

    /// <summary>Makes keys and a ledger in a folder, and starts both processes.</summary>
    /// <param name="folder">Where everything is kept.</param>
    /// <param name="intervalMs">Starts three witnesses as well, and shows them a chain's checkpoints at least
    /// so many milliseconds apart; the enclave demands two of them, for every checkpoint of
    /// <see cref="WitnessGroup.SealedChain"/>.</param>
    public static async Task<Service> StartAsync(string folder, int? intervalMs = null)
    {
        Directory.CreateDirectory(Path.Combine(folder, "setup"));
        await ChildProcess.RunAsync(Programs.Gateway, ["config"], folder);
        var port = FreePort.Find();
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        var witnesses = intervalMs is null ? null : await WitnessGroup.StartAsync(folder, address, LogPrefix);
        await File.WriteAllTextAsync(Path.Combine(folder, "enclave.json"), EnclaveConfiguration(witnesses));
        var service = new Service(folder, address, witnesses, intervalMs);
        try
        {
            await service.WaitReadyAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the gateway (<c>kill -9</c>) and starts it again.</summary>
    /// <returns>From the start of the new process until it is ready.</returns>
    public async Task<TimeSpan> KillAndRestartAsync()
    {
        await Memory.DisposeAsync();
        await _gateway.KillAsync();
        await _gateway.DisposeAsync();
        _gateway = StartGateway();
        Memory = new MemoryWatch(_gateway.Id);
        return await WaitReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Memory.DisposeAsync();
        await _gateway.StopAsync();
        await _gateway.DisposeAsync();
        await _enclave.StopAsync();
        await _enclave.DisposeAsync();
        if (Witnesses is not null)
            await Witnesses.DisposeAsync();
        Tokens.Dispose();
    }

    private Task<TimeSpan> WaitReadyAsync() => Readiness.WaitAsync(new Uri(Address, "health/ready"), () =>
    {
        _enclave.RequireRunning();
        _gateway.RequireRunning();
    });

    private string Socket => Path.Combine(_folder, "enclave.sock");

    private static string EnclaveConfiguration(WitnessGroup? witnesses)
    {
        const int ChainsMax = 100_000;
        var configuration = new JsonObject { ["log_prefix"] = LogPrefix, ["chains_max"] = ChainsMax };
        if (witnesses is not null)
        {
            var lines = witnesses.Policy.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            configuration["witness_policy"] = new JsonArray([.. lines.Select(line => JsonValue.Create(line))]);
            configuration["witnessed_chains"] = new JsonArray(WitnessGroup.SealedChain);
        }

        return configuration.ToJsonString();
    }

    private ChildProcess StartGateway() => ChildProcess.Start(
        Programs.Gateway, [], _folder, Path.Combine(_folder, "gateway.log"),
        [
            ("SEQUENCER__SERVER__LISTEN", Address.ToString().TrimEnd('/')),
            ("SEQUENCER__LOG__PREFIX", LogPrefix),
            // An audit without a token reads a public chain, at full speed.
            ("SEQUENCER__CHAINS__large__PUBLIC", "true"),
            ("SEQUENCER__READS__PER_SECOND", "0"),
            ("SEQUENCER__ENCLAVE__ADDRESS", $"unix://{Socket}"),
            .. WitnessSettings,
        ]);

    private IEnumerable<(string, string)> WitnessSettings => _intervalMs is not { } interval
        ? []
        :
        [
            ("SEQUENCER__WITNESSES__POLICY_FILE", Witnesses!.PolicyFile),
            ("SEQUENCER__WITNESSES__INTERVAL_MS", interval.ToString(CultureInfo.InvariantCulture)),
        ];
}
