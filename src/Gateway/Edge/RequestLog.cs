using System.Text.Unicode;

namespace Sequencer.Gateway;

/// <summary>
/// The line that each request writes: method, path, status and time; never a query, a header or a body. Where
/// lines for people go out in blocks they are written there, past the logger: its event, template and
/// properties cost more than the check of the request's token.
/// </summary>
internal sealed partial class RequestLog(
    LoggingSettings settings, TimeProvider time, ILogger<RequestLog> logger, BufferedOutput? lines)
{
    // "POST ", the path, a status and a time: what does not fit goes through the logger.
    private const int LineBytesMax = 512;

    /// <summary>Whether requests are logged at all.</summary>
    public bool IsOn { get; } = settings.Requests && logger.IsEnabled(LogLevel.Information);

    /// <summary>Writes the line of one request.</summary>
    public void Write(string method, string path, int status, TimeSpan elapsed)
    {
        Span<byte> line = stackalloc byte[LineBytesMax];
        if (lines is not null && TryFormat(method, path, status, elapsed, line, out var length))
            lines.Write(line[..length]);
        else
            LogRequest(method, path, status, elapsed.TotalMilliseconds);
    }

    /// <summary>The logger's text: <c>2026-11-22T19:00:00.123Z INF GET /log 200 in 0.4 ms</c>.</summary>
    private bool TryFormat(
        string method, string path, int status, TimeSpan elapsed, Span<byte> line, out int length)
    {
        const int UpToMilliseconds = 23;
        Span<byte> now = stackalloc byte[33];
        time.GetUtcNow().TryFormat(now, out _, "O");
        now[..UpToMilliseconds].CopyTo(line);
        var tenths = (long)Math.Round(elapsed.TotalMilliseconds * 10);
        var fits = Utf8.TryWrite(
            line[UpToMilliseconds..], $"Z INF {method} {path} {status} in {tenths / 10}.{tenths % 10} ms\n",
            out var written);
        length = UpToMilliseconds + written;
        return fits;
    }

    [LoggerMessage(LogLevel.Information, "{Method} {Path} {Status} in {ElapsedMs:0.0} ms")]
    private partial void LogRequest(string method, string path, int status, double elapsedMs);
}
