using Sequencer.Protocol;

namespace Sequencer.Enclave;

/// <summary>Serves the machine over streams: each session's requests in order, sessions side by side.</summary>
/// <param name="machine">The state machine.</param>
/// <param name="listener">Where sessions come from.</param>
/// <param name="time">The clock for time-outs and for the renewal schedule.</param>
/// <param name="report">Takes one line, free of payloads, for each session that broke a rule.</param>
public sealed class EnclaveServer(
    EnclaveMachine machine, IEnclaveListener listener, TimeProvider time, Action<string> report)
{
    /// <summary>Most sessions at once; one more is closed as soon as it is accepted.</summary>
    public const int SessionsMax = 16;

    private int _sessions;

    /// <summary>Serves until cancelled.</summary>
    public async Task RunAsync(TimeSpan renewalInterval, CancellationToken cancellation)
    {
        var renewing = RenewAsync(renewalInterval, cancellation);
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                var stream = await listener.AcceptAsync(cancellation);
                if (Interlocked.Increment(ref _sessions) > SessionsMax)
                {
                    Interlocked.Decrement(ref _sessions);
                    report($"A session was refused: {SessionsMax} are open.");
                    await stream.DisposeAsync();
                    continue;
                }

                _ = ServeAsync(stream, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop: the sessions end by the same token.
        }

        await renewing;
    }

    private async Task RenewAsync(TimeSpan interval, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                try
                {
                    machine.Renew();
                }
                catch (Attestation.NsmException exception)
                {
                    // Signing goes on by the old anchor until it is too old; then every append is refused.
                    report($"The clock could not be anchored anew: {exception.Message}");
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private async Task ServeAsync(Stream stream, CancellationToken cancellation)
    {
        // Off the accept loop at once: a pipe's reads may complete synchronously.
        await Task.Yield();
        await using var frames = new FrameConnection(stream, time);
        var session = EnclaveMachine.OpenSession();
        try
        {
            while (await frames.ReadAsync(cancellation) is { } payload)
            {
                var (id, request) = RequestCodec.Decode(payload);
                var reply = machine.Execute(session, request);
                await frames.WriteAsync((id, reply), static (writer, state) =>
                    ReplyCodec.Encode(writer, state.id, state.reply), cancellation);
            }
        }
        catch (ProtocolException exception)
        {
            report($"A session was closed ({exception.Reason}): {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException
                                              or ObjectDisposedException or InvalidOperationException)
        {
            report($"A session ended: {exception.Message}");
        }
        finally
        {
            Interlocked.Decrement(ref _sessions);
        }
    }
}
