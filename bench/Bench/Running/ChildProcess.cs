using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sequencer.Bench.Running;

/// <summary>
/// A program that the benchmark started. Its output goes to a file without passing through this process. Ended when
/// disposed.
/// </summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int SignalTerminate = 15;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);
    private static readonly HashSet<Process> Alive = [];
    private static readonly Lock Starting = new();
    private static bool _isOver;

    private readonly Process _process;
    private readonly string _logFile;

    private ChildProcess(Process process, string logFile) => (_process, _logFile) = (process, logFile);

    public int Id => _process.Id;

    /// <summary>Starts a program; its output and errors are appended to <paramref name="logFile"/>.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string folder, string logFile,
        params IEnumerable<(string Name, string Value)> environment)
    {
        // The shell gives way to the program, so that the process id is the program's.
        string[] redirected = ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", logFile, program];
        var start = new ProcessStartInfo("/bin/sh", [.. redirected, .. arguments]) { WorkingDirectory = folder };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ChildProcess(Begin(start), logFile);
    }

    /// <summary>Runs a program to its end and returns its output.</summary>
    /// <exception cref="BenchException">When it ends with an error.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, string folder,
        params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Begin(start);
        try
        {
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? output
                : throw new BenchException(
                    $"{Path.GetFileName(program)} ended with {process.ExitCode}: {await errors}{output}");
        }
        finally
        {
            Forget(process);
        }
    }

    /// <summary>Ends all that run, with all that they started; from then on none can be started.</summary>
    public static void EndAll()
    {
        lock (Starting)
        {
            _isOver = true;
            foreach (var process in Alive)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
        }
    }

    /// <exception cref="BenchException">When it has ended; with the last lines it wrote.</exception>
    public void RequireRunning()
    {
        if (!_process.HasExited)
            return;
        var lastWords = string.Join('\n', File.ReadLines(_logFile).TakeLast(10));
        throw new BenchException($"A process ended with {_process.ExitCode}; {_logFile} ends with:\n{lastWords}");
    }

    /// <summary>Asks it to stop and waits.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited && kill(_process.Id, SignalTerminate) == 0)
            await _process.WaitForExitAsync().WaitAsync(StopTimeout);
    }

    /// <summary>Ends it at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        Forget(_process);
    }

    private static Process Begin(ProcessStartInfo start)
    {
        lock (Starting)
        {
            if (_isOver)
                throw new BenchException("The benchmark is being stopped.");
            var process = Process.Start(start)!;
            Alive.Add(process);
            return process;
        }
    }

    private static void Forget(Process process)
    {
        lock (Starting)
            Alive.Remove(process);
        process.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);
}
