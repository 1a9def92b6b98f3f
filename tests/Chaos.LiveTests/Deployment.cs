using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sequencer.Testing;

namespace Sequencer.Chaos.LiveTests;

/// <summary>A real gateway and a real enclave process in a folder of their own, on a free port.</summary>
internal sealed class Deployment : IDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(90);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly int _port = FreePort();
    private readonly (string Name, string Value)[] _environment;
    private Process _enclave;
    private Process _gateway;

    /// <param name="environment">Settings of the gateway beside those that every deployment has.</param>
    public Deployment(params (string Name, string Value)[] environment)
    {
        _environment = environment;
        Folder = Directory.CreateTempSubdirectory("chaos-").FullName;
        Directory.CreateDirectory(Path.Combine(Folder, "setup"));
        File.Copy(Path.Combine(SharedData.RepositoryRoot, "setup", "sample.toml"), InFolder("setup/sample.toml"));
        Run("Gateway", "sequencer-gateway", "config");
        File.WriteAllText(InFolder("enclave.json"), $$"""{"log_prefix": "127.0.0.1:{{_port}}/log"}""");
        _enclave = StartEnclave();
        _gateway = StartGateway();
    }

    public string Folder { get; }

    public Uri Url => new($"http://127.0.0.1:{_port}");

    /// <summary>Memory of the gateway that is in RAM.</summary>
    public long GatewayResidentBytes
    {
        get
        {
            _gateway.Refresh();
            return _gateway.WorkingSet64;
        }
    }

    /// <summary>Runs a program that must succeed to its end; its standard output.</summary>
    public string Run(string project, string program, params string[] arguments)
    {
        var (exitCode, output) = RunToAnyEnd(project, program, arguments);
        exitCode.Should().Be(0, $"{program} {arguments[0]} printed: {output}");
        return output;
    }

    /// <summary>Runs a program to its end, whatever that is.</summary>
    public (int ExitCode, string Output) RunToAnyEnd(
        string project, string program, params string[] arguments)
    {
        using var process = Start(project, program, toFile: null, arguments);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    public void KillGateway() => Kill(_gateway);

    public void KillEnclave() => Kill(_enclave);

    public void RestartGateway() => _gateway = StartGateway();

    public void RestartEnclave() => _enclave = StartEnclave();

    /// <summary>Waits until the gateway takes transactions.</summary>
    public async Task WhenReadyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync())
        {
            if (_gateway.HasExited || Stopwatch.GetElapsedTime(started) > ReadyTimeout)
                throw new InvalidOperationException("The gateway is not ready:\n" + ReadLog("gateway.log"));
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    public string ReadLog(string name)
    {
        using var stream = new FileStream(InFolder(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(stream).ReadToEnd();
    }

    public void Dispose()
    {
        Kill(_gateway);
        Kill(_enclave);
        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private string InFolder(string name) => Path.Combine(Folder, name);

    private Process StartEnclave() => Start(
        "EnclaveHost.Simulated", "sequencer-enclave-simulated", "enclave.log",
        "--listen", "unix://" + InFolder("enclave.sock"), "--config", InFolder("enclave.json"),
        "--root-certificate", InFolder("secrets/simulated-root.pem"),
        "--root-key", InFolder("secrets/simulated-root.key"));

    private Process StartGateway() => Start("Gateway", "sequencer-gateway", "gateway.log");

    private Process Start(string project, string program, string? toFile, params string[] arguments)
    {
        var isRelease = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal);
        var configuration = isRelease ? "Release" : "Debug";
        var path = Path.Combine(
            SharedData.RepositoryRoot, "src", project, "bin", configuration, "net10.0", program);
        // A shell sends both streams to the file, which a killed program cannot take with it.
        var start = toFile is null
            ? new ProcessStartInfo(path, arguments)
            : new ProcessStartInfo(
                "/bin/sh", ["-c", $"exec \"$@\" >>\"{InFolder(toFile)}\" 2>&1", "sh", path, .. arguments]);
        start.WorkingDirectory = Folder;
        start.RedirectStandardOutput = toFile is null;
        start.Environment["SEQUENCER__SERVER__LISTEN"] = $"http://127.0.0.1:{_port}";
        start.Environment["SEQUENCER__SERVER__PUBLIC_HOST"] = $"127.0.0.1:{_port}";
        start.Environment["SEQUENCER__ENCLAVE__ADDRESS"] = "unix://" + InFolder("enclave.sock");
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Url, "/health/ready"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>SIGKILL: the program gets no chance to finish anything.</summary>
    private static void Kill(Process process)
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
