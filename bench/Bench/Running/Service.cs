using System.Globalization;

namespace Sequencer.Bench.Running;

/// <summary>
/// The system as it runs: the gateway and the simulated enclave, each a process of its own with a Unix socket between
/// them, and a RocksDB ledger that syncs, in a folder of their own.
/// </summary>
internal sealed class Service : IAsyncDisposable
{
    private const string LogPrefix = "bench.example/log";

    private readonly string _folder;
    private readonly ChildProcess _enclave;
    private ChildProcess _gateway;

    private Service(string folder, Uri address, ChildProcess enclave, ChildProcess gateway)
    {
        (_folder, _enclave, _gateway) = (folder, enclave, gateway);
        Address = address;
        Tokens = new Tokens(Path.Combine(folder, "secrets/jwt.key"));
        Memory = new MemoryWatch(gateway.Id);
    }

    public Uri Address { get; }

    public Tokens Tokens { get; }

    public int GatewayId => _gateway.Id;

    public int EnclaveId => _enclave.Id;

    /// <summary>Where its keys, its configuration and its ledger are.</summary>
    public string Folder => _folder;

    public string LedgerFolder => Path.Combine(_folder, "data");

    /// <summary>What the gateway's memory was while it ran.</summary>
    public MemoryWatch Memory { get; private set; }

    /// <summary>Makes keys and a ledger in a folder, and starts both processes.</summary>
    public static async Task<Service> StartAsync(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "setup"));
        await ChildProcess.RunAsync(Programs.Gateway, ["config"], folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "enclave.json"), $$"""{"log_prefix": "{{LogPrefix}}", "chains_max": 100000}""");
        var port = FreePort.Find();
        var enclave = ChildProcess.Start(
            Programs.Enclave,
            [
                "--listen", $"unix://{SocketOf(folder)}", "--config", "enclave.json",
                "--root-certificate", "secrets/simulated-root.pem", "--root-key", "secrets/simulated-root.key",
            ],
            folder, Path.Combine(folder, "enclave.log"));
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        var service = new Service(folder, address, enclave, StartGateway(folder, address));
        await service.WaitReadyAsync();
        return service;
    }

    /// <summary>Kills the gateway (<c>kill -9</c>) and starts it again.</summary>
    /// <returns>From the start of the new process until it is ready.</returns>
    public async Task<TimeSpan> KillAndRestartAsync()
    {
        await Memory.DisposeAsync();
        await _gateway.KillAsync();
        await _gateway.DisposeAsync();
        _gateway = StartGateway(_folder, Address);
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
        Tokens.Dispose();
    }

    private Task<TimeSpan> WaitReadyAsync() => Readiness.WaitAsync(new Uri(Address, "health/ready"), () =>
    {
        _enclave.RequireRunning();
        _gateway.RequireRunning();
    });

    private static string SocketOf(string folder) => Path.Combine(folder, "enclave.sock");

    private static ChildProcess StartGateway(string folder, Uri address) => ChildProcess.Start(
        Programs.Gateway, [], folder, Path.Combine(folder, "gateway.log"),
        ("SEQUENCER__SERVER__LISTEN", address.ToString().TrimEnd('/')),
        ("SEQUENCER__LOG__PREFIX", LogPrefix),
        // An audit without a token reads a public chain, at full speed.
        ("SEQUENCER__CHAINS__large__PUBLIC", "true"),
        ("SEQUENCER__READS__PER_SECOND", "0"),
        ("SEQUENCER__ENCLAVE__ADDRESS", $"unix://{SocketOf(folder)}"));
}
