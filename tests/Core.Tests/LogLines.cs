using Microsoft.Extensions.Logging;

namespace Sequencer.Core.Tests;

/// <summary>Keeps what a core logs. Safe for concurrent use.</summary>
internal sealed class LogLines : ILogger<SequencerCore>
{
    private readonly List<(LogLevel Level, string Text)> _lines = [];

    /// <summary>The lines of a level so far.</summary>
    public IReadOnlyList<string> Of(LogLevel level)
    {
        lock (_lines)
            return [.. _lines.Where(line => line.Level == level).Select(line => line.Text)];
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
            _lines.Add((logLevel, formatter(state, exception)));
    }
}
