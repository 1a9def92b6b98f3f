using System.Diagnostics;
using System.Text;

namespace Sequencer.Nitro.LiveTests;

/// <summary>
/// A program that a test started: its output is kept, a line can be waited for, and it never outlives the
/// test.
/// </summary>
internal sealed class LiveProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly StringBuilder _output = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];

    private LiveProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything it printed so far, on both of its outputs.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
                return _output.ToString();
        }
    }

    public bool HasExited => _process.HasExited;

    public static LiveProcess Start(string program, params IEnumerable<string> arguments) =>
        new(new ProcessStartInfo(program, arguments));

    /// <summary>Starts a program in a folder, with variables beside those of the test.</summary>
    public static LiveProcess StartIn(
        string folder, IReadOnlyDictionary<string, string> variables, string program,
        params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return new LiveProcess(start);
    }

    /// <summary>Completes when a line that contains the text was printed, now or earlier.</summary>
    /// <exception cref="TimeoutException">When none comes in time; with what was printed instead.</exception>
    public async Task WaitForAsync(string text, TimeSpan timeout)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_output.ToString().Contains(text, StringComparison.Ordinal))
                return;
            _awaited.Add((text, seen));
        }

        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(seen.Task, ended, Task.Delay(timeout, TimeProvider.System)) != seen.Task
            && !seen.Task.IsCompleted)
        {
            throw new TimeoutException(
                $"'{text}' was not printed within {timeout.TotalSeconds:0} s. What was:\n{Output}");
        }
    }

    /// <summary>Waits until it ends by itself; its output is then complete.</summary>
    /// <exception cref="TimeoutException">When it does not; with what it printed.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException(
                $"{_process.StartInfo.FileName} did not end within {timeout.TotalSeconds:0} s:\n{Output}", e);
        }
    }

    /// <summary>Kills it, as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_lock)
        {
            _output.AppendLine(line);
            foreach (var (text, seen) in _awaited)
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    seen.TrySetResult();
            }
        }
    }
}
