using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;

namespace Sequencer.Gateway.Tests;

/// <summary>Keeps what was logged, with exceptions and values, as text.</summary>
internal sealed class LogSink : ILogEventSink
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    /// <summary>Completes once a text has been logged.</summary>
    public async Task WhenAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Logged += Look;
        Look();
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Logged -= Look;

        void Look()
        {
            if (Text.Contains(text, StringComparison.Ordinal))
                seen.TrySetResult();
        }
    }

    public void Emit(LogEvent logEvent)
    {
        _lines.Enqueue($"{logEvent.Level} {logEvent.RenderMessage()} {logEvent.Exception}");
        Logged?.Invoke();
    }

    private event Action? Logged;
}
