using System.Net.Sockets;
using Sequencer.Protocol;

namespace Sequencer.Enclave;

/// <summary>Serves the machine: each session's requests in their order, sessions side by side.</summary>
/// <param name="machine">The state machine.</param>
/// <param name="listener">Where sessions come from.</param>
/// <param name="time">The clock for time-outs and for the renewal schedule.</param>
/// <param name="report">Takes one line, free of payloads, for each thing an operator should know; called from
/// several threads, and never to throw.</param>
public sealed class EnclaveServer(
    EnclaveMachine machine, IEnclaveListener listener, TimeProvider time, Action<string> report)
{
    /// <summary>Most sessions at once; one more is closed as soon as it is accepted.</summary>
    public const int SessionsMax = 16;

    private static readonly RefusedReply NsmBusy = new(new EnclaveRefusal(EnclaveRefusalReason.NsmFailed,
        $"{NsmTurns.WaitingMax} sessions wait for the NSM already; ask again."));

    /// <summary>Serves until cancelled, and returns when the last session has ended.</summary>
    /// <exception cref="SocketException">When the listener fails.</exception>
    public async Task RunAsync(TimeSpan renewalInterval, CancellationToken cancellation)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var nsm = new NsmTurns();
        List<Task> running = [RenewAsync(nsm, renewalInterval, stopping.Token)];
        try
        {
            while (true)
            {
                var stream = await listener.AcceptAsync(stopping.Token);
                running.RemoveAll(task => task.IsCompleted);
                if (running.Count <= SessionsMax)
                {
                    running.Add(ServeAsync(stream, nsm, stopping.Token));
                    continue;
                }

                report($"A session was refused: {SessionsMax} are open.");
                await stream.DisposeAsync();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop: what runs ends by the same token.
        }
        finally
        {
            await stopping.CancelAsync();
            await Task.WhenAll(running);
        }
    }

    private async Task RenewAsync(NsmTurns nsm, TimeSpan interval, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                await RenewOnceAsync(nsm, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private async Task RenewOnceAsync(NsmTurns nsm, CancellationToken cancellation)
    {
        try
        {
            await nsm.CallAsync(() =>
            {
                machine.Renew();
                return true;
            }, cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            // Signing goes on by the old anchor until it is too old; then every append is refused. Whatever it was, the
            // next turn tries again.
            report($"The clock could not be anchored anew: {exception.Message}");
        }
    }

    private async Task ServeAsync(Stream stream, NsmTurns nsm, CancellationToken cancellation)
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
                var reply = request is AttestRequest { Nonce: not null }
                    ? await nsm.TryCallAsync(() => machine.Execute(session, request), cancellation) ?? NsmBusy
                    : machine.Execute(session, request);
                if (reply is RefusedReply { Refusal.Reason: EnclaveRefusalReason.Internal } fault)
                    report($"A request met a fault: {fault.Refusal.Detail}");
                await frames.WriteAsync((id, reply), static (writer, state) =>
                    ReplyCodec.Encode(writer, state.id, state.reply), cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (ProtocolException exception)
        {
            report($"A session was closed ({exception.Reason}): {exception.Message}");
        }
        catch (Exception exception)
        {
            report($"A session ended: {exception.Message}");
        }
    }
}
