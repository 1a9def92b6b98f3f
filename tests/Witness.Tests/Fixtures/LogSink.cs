using System.Collections.Concurrent;
using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace Sequencer.Witness.Tests;

/// <summary>Keeps what was logged, written as the program writes it.</summary>
internal sealed class LogSink : ILogEventSink
{
    private static readonly MessageTemplateTextFormatter Form =
        new("{Level} {Message:lj} {Exception}", CultureInfo.InvariantCulture);

    private readonly ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public void Emit(LogEvent logEvent)
    {
        using var line = new StringWriter(CultureInfo.InvariantCulture);
        Form.Format(logEvent, line);
        _lines.Enqueue(line.ToString());
    }
}
