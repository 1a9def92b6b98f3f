using System.Diagnostics;
using System.Runtime.InteropServices;
using Sequencer.EnclaveHost;
using Sequencer.Protocol;
using Sequencer.Testing;

namespace Sequencer.Enclave.Tests;

/// <summary>The simulated enclave program as a process of its own, in a folder of its own.</summary>
internal sealed partial class SimulatedProgram : IDisposable
{
    private const int Terminate = 15;

    private readonly TempFolder _folder = new();
    private readonly List<Process> _started = [];

    public string SocketPath => PathOf("enclave.sock");

    public string PathOf(string name) => _folder.Under(name);

    /// <summary>Starts it with its usual arguments.</summary>
    public Process Start()
    {
        File.WriteAllText(PathOf("enclave.json"), """{"log_prefix": "sequencer.test/log"}""");
        return Start(
            "--listen", $"unix://{SocketPath}", "--config", PathOf("enclave.json"),
            "--root-certificate", PathOf("root.pem"), "--root-key", PathOf("root.key"));
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(HostArguments).Assembly.Location, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }

    /// <summary>Waits for its end; what it said, and its exit code.</summary>
    public static async Task<(int ExitCode, string Said)> EndAsync(Process process)
    {
        var said = await process.StandardError.ReadToEndAsync()
            + await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    /// <summary>Waits for the line that says that sessions can be opened.</summary>
    public static async Task ListeningAsync(Process process)
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Contains("listening on", StringComparison.Ordinal))
                return;
        }

        throw new InvalidOperationException("The program ended before it listened.");
    }

    public Task<EnclaveSession> OpenAsync(ulong? generation) =>
        EnclaveSession.OpenAsync(new UnixTransport(SocketPath), generation, TimeProvider.System, default);

    public static void Stop(Process process) => Kill(process.Id, Terminate).Should().Be(0);

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }

        _folder.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
