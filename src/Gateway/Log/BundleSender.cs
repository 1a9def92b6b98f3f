using Microsoft.Extensions.ObjectPool;

namespace Sequencer.Gateway;

/// <summary>
/// Sends tiles and bundles so that clients who ask and do not read hold little memory, and not for long. A
/// bundle of usual entries goes out in one piece; a larger one, of up to 16.8 MB, in pieces that the client
/// must take one after the other, within a budget for all clients. Safe for concurrent use.
/// </summary>
internal sealed partial class BundleSender(
    BundleBudget budget, FeedSettings feed, TimeProvider time, ILogger<BundleSender> logger)
{
    /// <summary>Up to so many bytes are handed to the connection at once.</summary>
    private const int AtOnceBytesMax = BundleBuffer.UncountedBytesMax;

    /// <summary>As much as a connection buffers before it makes a writer wait.</summary>
    private const int PieceBytes = 64 * 1024;

    /// <summary>
    /// How much a client must take in each <c>feed.write_timeout_seconds</c>: with less at a time, one bundle
    /// could be held for hours.
    /// </summary>
    private const int BytesPerTimeout = 256 * 1024;

    private const int BuffersKept = 32;

    private readonly ObjectPool<BundleBuffer> _buffers =
        new DefaultObjectPool<BundleBuffer>(new BufferPolicy(budget), BuffersKept);

    /// <summary>An empty buffer, to be sent or returned.</summary>
    public BundleBuffer Rent() => _buffers.Get();

    public void Return(BundleBuffer buffer) => _buffers.Return(buffer);

    /// <summary>Sends a bundle, and returns its buffer as soon as it is no longer needed.</summary>
    public async Task SendAsync(HttpContext context, BundleBuffer buffer)
    {
        if (buffer.Written.Length <= AtOnceBytesMax)
        {
            // The connection copies before it returns.
            var sending = SendAsync(context, buffer.Written);
            Return(buffer);
            await sending;
            return;
        }

        try
        {
            await SendAsync(context, buffer.Written);
        }
        finally
        {
            Return(buffer);
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

    [LoggerMessage(LogLevel.Information,
        "Cut off a client of {Path} with {Bytes} bytes to come: it took too little in {Seconds} s")]
    private partial void LogCutOff(string path, int bytes, double seconds);

    /// <summary>Keeps buffers of usual size, which would be new for every answer; the rest is left to the garbage
    /// collector.</summary>
    private sealed class BufferPolicy(BundleBudget budget) : IPooledObjectPolicy<BundleBuffer>
    {
        private const int BytesKept = 256 * 1024;

        public BundleBuffer Create() => new(budget);

        public bool Return(BundleBuffer buffer)
        {
            buffer.Clear();
            return buffer.Capacity <= BytesKept;
        }
    }
}
