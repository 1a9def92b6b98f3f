using System.Buffers;
using System.IO.Pipelines;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>Reads whole bodies of bounded size within a bounded time.</summary>
internal sealed class BodyReader(ServerSettings settings, ArrivingBytes arriving, TimeProvider time)
{
    /// <summary>
    /// The whole body, still in the connection's buffers: the caller copies what it keeps and then calls
    /// <see cref="Done"/>. A problem when the body is too long, too slow or one too many.
    /// </summary>
    public ValueTask<(ReadOnlySequence<byte> Body, Problem? Refusal)> ReadAsync(
        HttpContext context, ChainId chain, int bytesMax)
    {
        if (context.Request.ContentLength > bytesMax)
            return new((default, TooLarge(bytesMax)));
        // Nearly every body is there, whole, when its headers are: no deadline and no reservation for those.
        return context.Request.BodyReader.TryRead(out var result) && result.IsCompleted
            ? new(result.Buffer.Length > bytesMax ? (default, TooLarge(bytesMax)) : (result.Buffer, null))
            : ReadSlowlyAsync(context, chain, bytesMax, result);
    }

    /// <summary>
    /// Tells the connection that the body returned by <see cref="ReadAsync"/> is no longer looked at.
    /// </summary>
    public static void Done(HttpContext context, ReadOnlySequence<byte> body) =>
        context.Request.BodyReader.AdvanceTo(body.End);

    /// <summary>A token that ends a body which takes too long; the caller disposes it.</summary>
    public CancellationTokenSource Deadline() => new(TimeSpan.FromSeconds(settings.BodyTimeoutSeconds), time);

    public Problem TooSlow() => new(ProblemCode.BodyTimeout,
        $"The body did not arrive within {settings.BodyTimeoutSeconds} s (server.body_timeout_seconds).");

    public static Problem TooLarge(int bytesMax) =>
        new(ProblemCode.BodyTooLarge, $"The body has more than {bytesMax} bytes; send less in one request.");

    private async ValueTask<(ReadOnlySequence<byte> Body, Problem? Refusal)> ReadSlowlyAsync(
        HttpContext context, ChainId chain, int bytesMax, ReadResult first)
    {
        var reader = context.Request.BodyReader;
        using var lease = arriving.Begin(chain);
        if (Refuse(first.Buffer.Length) is { } early)
            return (default, early);
        if (!first.Buffer.IsEmpty)
            reader.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        using var deadline = Deadline();
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(deadline.Token);
                if (Refuse(result.Buffer.Length) is { } refusal)
                    return (default, refusal);
                if (result.IsCompleted)
                    return (result.Buffer, null);
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return (default, TooSlow());
        }

        Problem? Refuse(long length) => length > bytesMax ? TooLarge(bytesMax) : lease.GrowTo(length);
    }
}
