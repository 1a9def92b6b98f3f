using System.Diagnostics;
using System.Text;

namespace Sequencer.Witness.Tests;

/// <summary>The real program as a process of its own, in a folder of its own.</summary>
internal sealed class WitnessProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    private WitnessProcess(Process process) => _process = process;

    /// <summary>What it wrote to standard output and error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public static WitnessProcess Start(string folder, params string[] arguments)
    {
        // The test project references the program, so that it lies beside the tests, built alike.
        var program = Path.Combine(AppContext.BaseDirectory, "sequencer-witness.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SEQUENCER_WITNESS__SERVER__LISTEN"] = "http://127.0.0.1:0";
        var witness = new WitnessProcess(new Process { StartInfo = start });
        witness._process.OutputDataReceived += (_, line) => witness.Take(line.Data);
        witness._process.ErrorDataReceived += (_, line) => witness.Take(line.Data);
        witness._process.Start();
        witness._process.BeginOutputReadLine();
        witness._process.BeginErrorReadLine();
        return witness;
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
