using System.Diagnostics;
using System.Text;

namespace Sequencer.Testing;

/// <summary>One of the servers as a process of its own, in a folder of its own; it never outlives its test.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it wrote to standard output and error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>
    /// Starts a program that the test project references, so that it lies beside the tests, built alike.
    /// </summary>
    /// <param name="program">Its assembly's name, without the end.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    public static ServerProcess Start(
        string program, string folder, IEnumerable<string> arguments,
        params IEnumerable<(string Name, string Value)> environment)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{program}.dll");
        var start = new ProcessStartInfo("dotnet", [file, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ServerProcess(start);
    }

    /// <summary>Where it listens, once it says so.</summary>
    /// <exception cref="InvalidOperationException">When it ends first; with what it wrote.</exception>
    public async Task<Uri> ListeningAsync()
    {
        var ended = _process.WaitForExitAsync();
        await Task.WhenAny(_listening.Task, ended).WaitAsync(Patience);
        return _listening.Task.IsCompleted ? await _listening.Task : throw new InvalidOperationException(Output);
    }

    /// <summary>Waits for its end; the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", $"{_process.Id}"]).WaitForExit();

    /// <summary>Ends it as a power cut would.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
        const string Mark = "Listening on ";
        if (line.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at)
            _listening.TrySetResult(new Uri(line[(at + Mark.Length)..].Split(',', ';')[0]));
    }
}
