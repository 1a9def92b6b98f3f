using System.Diagnostics;
using System.Text;

namespace Sequencer.Gateway.Tests;

/// <summary>The real program as a process of its own, in a folder of its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayProcess(Process process) => _process = process;

    /// <summary>What it wrote to standard output and error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts the program; <paramref name="environment"/> is added to this process's own.</summary>
    public static GatewayProcess Start(
        string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        // The test project references the program, so that it lies beside the tests, built alike.
        var program = Path.Combine(AppContext.BaseDirectory, "sequencer-gateway.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var gateway = new GatewayProcess(new Process { StartInfo = start });
        gateway._process.OutputDataReceived += (_, line) => gateway.Take(line.Data);
        gateway._process.ErrorDataReceived += (_, line) => gateway.Take(line.Data);
        gateway._process.Start();
        gateway._process.BeginOutputReadLine();
        gateway._process.BeginErrorReadLine();
        return gateway;
    }

    /// <summary>Where it listens, once it says so; fails when it ends first.</summary>
    public async Task<Uri> ListeningAsync()
    {
        var ended = _process.WaitForExitAsync();
        await Task.WhenAny(_listening.Task, ended).WaitAsync(Patience);
        _listening.Task.IsCompleted.Should().BeTrue(Output);
        return await _listening.Task;
    }

    /// <summary>Waits for its end; the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", $"{_process.Id}"]).WaitForExit();

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
