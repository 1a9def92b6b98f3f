using System.Buffers;
using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>Reads the bodies of add-checkpoint requests within their bounds of size and time.</summary>
internal sealed class BodyReader(ServerSettings settings, TimeProvider time)
{
    /// <summary>The whole body; null when it was refused, and the refusal is the answer.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context)
    {
        const int max = AddCheckpointRequest.MaxSizeBytes;
        if (context.Request.ContentLength > max)
            return await TooLargeAsync(context);
        using var patience = new CancellationTokenSource(
            TimeSpan.FromSeconds(settings.BodyTimeoutSeconds), time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            patience.Token, context.RequestAborted);
        try
        {
            var reader = context.Request.BodyReader;
            // One byte more than may be, so as to see that there are more.
            var result = await reader.ReadAtLeastAsync(max + 1, ended.Token);
            var body = result.Buffer.Length > max ? null : result.Buffer.ToArray();
            reader.AdvanceTo(result.Buffer.End);
            return body is null ? await TooLargeAsync(context) : body.AsMemory();
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close";
            await PlainAnswer.RefuseAsync(context, StatusCodes.Status408RequestTimeout,
                $"The body did not arrive within {settings.BodyTimeoutSeconds} s "
                + "(server.body_timeout_seconds).");
            return null;
        }
    }

    private static async Task<ReadOnlyMemory<byte>?> TooLargeAsync(HttpContext context)
    {
        // What is left of the body is not read: the connection goes instead.
        context.Response.Headers.Connection = "close";
        await PlainAnswer.RefuseAsync(context, StatusCodes.Status413PayloadTooLarge,
            $"An add-checkpoint request has at most {AddCheckpointRequest.MaxSizeBytes} bytes.");
        return null;
    }
}
