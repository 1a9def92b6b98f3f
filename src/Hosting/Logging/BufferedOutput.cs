using System.Text;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting;

namespace Sequencer.Hosting;

/// <summary>
/// Writes log events to standard output in blocks: a system call for every request's line costs more than
/// the line. Warnings and worse are written at once, with all before them; the rest within a tenth of a
/// second.
/// </summary>
internal sealed class BufferedOutput : ILogEventSink, IDisposable
{
    private const int BlockBytes = 32 * 1024;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly ITextFormatter _formatter;
    private readonly StreamWriter _output;
    private readonly Timer _timer;
    private bool _isFlushDue;

    public BufferedOutput(ITextFormatter formatter, Stream output)
    {
        _formatter = formatter;
        _output = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BlockBytes);
        _timer = new Timer(_ => FlushLate());
    }

    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
        {
            _formatter.Format(logEvent, _output);
            if (logEvent.Level >= LogEventLevel.Warning)
                _output.Flush();
            else if (!_isFlushDue)
                _isFlushDue = _timer.Change(Delay, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
            _output.Dispose();
    }

    private void FlushLate()
    {
        lock (_lock)
        {
            _isFlushDue = false;
            try
            {
                _output.Flush();
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                // Whoever read the log has gone, or the program ends; said as Serilog says it of any sink.
                SelfLog.WriteLine("The log could not be written: {0}", gone.Message);
            }
        }
    }
}
