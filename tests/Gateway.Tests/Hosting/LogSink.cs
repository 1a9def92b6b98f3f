using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;

namespace Sequencer.Gateway.Tests;

/// <summary>Keeps what was logged, with exceptions and values, as text.</summary>
internal sealed class LogSink : ILogEventSink
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public void Emit(LogEvent logEvent) =>
        _lines.Enqueue($"{logEvent.Level} {logEvent.RenderMessage()} {logEvent.Exception}");
}
