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
    public ValueTask<OrProblem<ReadOnlySequence<byte>>> ReadAsync(
        HttpContext context, ChainId chain, int bytesMax)
    {
        if (context.Request.ContentLength > bytesMax)
            return new(TooLarge(bytesMax));
        // Nearly every body is there, whole, when its headers are: no deadline and no reservation for those.
        return context.Request.BodyReader.TryRead(out var result)
            && result.IsCompleted && result.Buffer.Length <= bytesMax
            ? new(result.Buffer)
            : ReadSlowlyAsync(context, chain, bytesMax, result);
    }

    /// <summary>
    /// Tells the connection that the body returned by <see cref="ReadAsync"/> is no longer looked at.
    /// </summary>
    public static void Done(HttpContext context, ReadOnlySequence<byte> body) =>
        context.Request.BodyReader.AdvanceTo(body.End);

    /// <summary>The end of a body's time, beginning now; the caller disposes it.</summary>
    public BodyDeadline Deadline(PipeReader body) =>
        new(body, TimeSpan.FromSeconds(settings.BodyTimeoutSeconds), time);

    public Problem TooSlow() => new(ProblemCode.BodyTimeout,
        $"The body did not arrive within {settings.BodyTimeoutSeconds} s (server.body_timeout_seconds).");

    public static Problem TooLarge(int bytesMax) =>
        new(ProblemCode.BodyTooLarge, $"The body has more than {bytesMax} bytes; send less in one request.");

    private async ValueTask<OrProblem<ReadOnlySequence<byte>>> ReadSlowlyAsync(
        HttpContext context, ChainId chain, int bytesMax, ReadResult first)
    {
        var reader = context.Request.BodyReader;
        using var lease = arriving.Begin(chain);
        using var deadline = Deadline(reader);
        if (Refuse(first.Buffer) is { } early)
            return early;
        if (!first.Buffer.IsEmpty)
            reader.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        while (true)
        {
            var result = await reader.ReadAsync();
            if (Refuse(result.Buffer) is { } refusal)
                return refusal;
            if (result.IsCompleted)
                return result.Buffer;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }

        Problem? Refuse(ReadOnlySequence<byte> body)
        {
            var refusal = deadline.HasPassed ? TooSlow()
                : body.Length > bytesMax ? TooLarge(bytesMax)
                : lease.GrowTo(body.Length);
            // The server reads on from there, past the rest of the body.
            if (refusal is not null)
                reader.AdvanceTo(body.End);
            return refusal;
        }
    }
}
