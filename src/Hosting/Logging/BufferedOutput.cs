using System.Buffers;
using System.Globalization;
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
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _block = new(BlockBytes);
    private readonly StringWriter _text = new(CultureInfo.InvariantCulture);
    private readonly Timer _timer;
    private bool _isFlushDue;

    public BufferedOutput(ITextFormatter formatter, Stream output)
    {
        (_formatter, _output) = (formatter, output);
        _timer = new Timer(_ => FlushLate());
    }

    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
        {
            _formatter.Format(logEvent, _text);
            foreach (var part in _text.GetStringBuilder().GetChunks())
                Encoding.UTF8.GetBytes(part.Span, _block);
            _text.GetStringBuilder().Clear();
            Filled(isUrgent: logEvent.Level >= LogEventLevel.Warning);
        }
    }

    /// <summary>Writes a line that is no event, in UTF-8 and with its end.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            _block.Write(line);
            Filled(isUrgent: false);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        FlushLate();
        _output.Dispose();
    }

    private void Filled(bool isUrgent)
    {
        if (isUrgent || _block.WrittenCount >= BlockBytes)
            Flush();
        else if (!_isFlushDue)
            _isFlushDue = _timer.Change(Delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Never throws: what cannot be logged must not fail the request that it tells of.</summary>
    private void Flush()
    {
        if (_block.WrittenCount == 0)
            return;
        try
        {
            _output.Write(_block.WrittenSpan);
            _output.Flush();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Whoever read the log has gone, its disk is full, or the program ends; said as Serilog says it of
            // any sink.
            SelfLog.WriteLine("The log could not be written: {0}", gone.Message);
        }
        finally
        {
            _block.ResetWrittenCount();
        }
    }

    private void FlushLate()
    {
        lock (_lock)
        {
            _isFlushDue = false;
            Flush();
        }
    }
}
