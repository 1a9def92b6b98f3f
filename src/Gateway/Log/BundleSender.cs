using System.Buffers;

namespace Sequencer.Gateway;

/// <summary>
/// Sends tiles and bundles so that clients who ask and do not read hold little memory, and not for long. A
/// bundle of usual entries goes out in one piece; a larger one, of up to 16.8 MB, in pieces that the client
/// must take one after the other, within a budget for all clients. Safe for concurrent use.
/// </summary>
internal sealed partial class BundleSender(
    ReadSettings reads, FeedSettings feed, TimeProvider time, ILogger<BundleSender> logger)
{
    /// <summary>Up to so many bytes are handed to the connection at once, and not counted.</summary>
    public const int AtOnceBytesMax = 128 * 1024;

    /// <summary>As much as a connection buffers before it makes a writer wait.</summary>
    private const int PieceBytes = 64 * 1024;

    /// <summary>
    /// How much a client must take in each <c>feed.write_timeout_seconds</c>: with less at a time, one bundle
    /// could be held for hours.
    /// </summary>
    private const int BytesPerTimeout = 256 * 1024;

    private long _held;

    /// <summary>Bytes of large bundles on their way now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Sends a body and gives its buffer back as soon as it is no longer needed.</summary>
    /// <returns>Why nothing was sent, or null.</returns>
    public async ValueTask<Problem?> SendAsync(
        HttpContext context, ArrayBufferWriter<byte> buffer, Action<ArrayBufferWriter<byte>> giveBack)
    {
        if (buffer.WrittenCount <= AtOnceBytesMax)
        {
            // The connection copies before it returns.
            var sending = SendAsync(context, buffer.WrittenMemory);
            giveBack(buffer);
            await sending;
            return null;
        }

        var bytes = buffer.Capacity;
        try
        {
            if (Interlocked.Add(ref _held, bytes) > reads.BundlesMaxBytes)
                return Full;
            await SendAsync(context, buffer.WrittenMemory);
            return null;
        }
        finally
        {
            Interlocked.Add(ref _held, -bytes);
            giveBack(buffer);
        }
    }

    /// <summary>Sends a body whose headers are set; breaks it off when the client takes too long.</summary>
    public async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentLength = body.Length;
        var patience = TimeSpan.FromSeconds(feed.WriteTimeoutSeconds);
        using var deadline = new CancellationTokenSource(patience, time);
        // Ends a write that waits for room.
        await using var abort = deadline.Token.UnsafeRegister(
            static context => ((HttpContext)context!).Abort(), context);
        for (var taken = 0; !body.IsEmpty;)
        {
            var piece = body.Length <= AtOnceBytesMax ? body : body[..PieceBytes];
            body = body[piece.Length..];
            var result = await context.Response.BodyWriter.WriteAsync(piece);
            if (deadline.IsCancellationRequested)
                LogCutOff(context.Request.Path, body.Length, patience.TotalSeconds);
            if (result.IsCompleted || result.IsCanceled || context.RequestAborted.IsCancellationRequested)
                return;
            taken += piece.Length;
            if (taken < BytesPerTimeout)
                continue;
            taken = 0;
            deadline.CancelAfter(patience);
        }
    }

    private Problem Full => new(ProblemCode.BundlesFull,
        $"The service already has {reads.BundlesMaxBytes} bytes of large bundles on their way "
        + "(reads.bundles_max_bytes); try again.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    [LoggerMessage(LogLevel.Information,
        "Cut off a client of {Path} with {Bytes} bytes to come: it took too little in {Seconds} s")]
    private partial void LogCutOff(string path, int bytes, double seconds);
}
