using System.Collections.Concurrent;

namespace Sequencer.Protocol;

/// <summary>
/// The core's end of one session: requests may be pipelined by many callers, replies find them by number.
/// When the session breaks, every caller still waiting gets an <see cref="IOException"/>: whether its
/// request took effect is then unknown.
/// </summary>
public sealed class EnclaveSession : IAsyncDisposable
{
    private readonly FrameConnection _frames;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<EnclaveReply>> _waiting = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _receiving;
    private volatile Exception? _broken;
    private uint _lastId;

    private EnclaveSession(FrameConnection frames, TimeProvider time)
    {
        (_frames, _time) = (frames, time);
        _receiving = ReceiveAsync();
    }

    /// <summary>Connects and says hello.</summary>
    /// <param name="transport">The way to the enclave.</param>
    /// <param name="generation">Claims the write role with this generation; null only reads.</param>
    /// <param name="time">The clock for time-outs.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="IOException">When the enclave cannot be reached or hangs up.</exception>
    /// <exception cref="EnclaveRefusedException">When it refuses the session, above all as fenced.</exception>
    public static async Task<EnclaveSession> OpenAsync(
        IEnclaveTransport transport, ulong? generation, TimeProvider time, CancellationToken cancellation)
    {
        var session = new EnclaveSession(new FrameConnection(await transport.ConnectAsync(cancellation), time), time);
        try
        {
            var hello = new HelloRequest(Limits.Version, Limits.Version, generation);
            await session.SendAsync<HelloReply>(hello, cancellation);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the session can still carry requests.</summary>
    public bool IsOpen => _broken is null;

    /// <summary>Completes when the session can no longer carry requests.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <exception cref="EnclaveRefusedException">When the enclave refused it as a whole.</exception>
    /// <exception cref="IOException">When the session broke: the outcome is unknown.</exception>
    public async Task<TReply> SendAsync<TReply>(EnclaveRequest request, CancellationToken cancellation)
        where TReply : EnclaveReply
    {
        var reply = await SendAsync(request, cancellation);
        return reply switch
        {
            TReply expected => expected,
            RefusedReply refused => throw new EnclaveRefusedException(refused.Refusal),
            _ => throw new ProtocolException(
                ProtocolError.UnexpectedReply,
                $"{request.GetType().Name} was answered by {reply.GetType().Name}."),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _frames.DisposeAsync();
        await _receiving;
        // The semaphore and the token source stay usable: a caller may be between the two right now, and must
        // learn that the session is broken, not that an object was disposed. Neither holds a handle.
        Break(new IOException("The session was closed."));
    }

    private async Task<EnclaveReply> SendAsync(EnclaveRequest request, CancellationToken cancellation)
    {
        var waiter = new TaskCompletionSource<EnclaveReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _sending.WaitAsync(cancellation);
        uint id;
        try
        {
            id = ++_lastId;
            _waiting[id] = waiter;
            if (_broken is { } broken)
                throw broken;
            await _frames.WriteAsync((id, request), static (writer, state) =>
                RequestCodec.Encode(writer, state.id, state.request), _stopping.Token);
        }
        catch (Exception exception)
        {
            // Part of a frame may be on its way: nothing that follows it could be read.
            Break(exception);
            throw SessionBroken(exception);
        }
        finally
        {
            _sending.Release();
        }

        try
        {
            return await waiter.Task.WaitAsync(Limits.ReplyTimeout, _time, cancellation);
        }
        catch (TimeoutException exception)
        {
            // A reply that comes later would answer nobody: the session has lost its order.
            Break(exception);
            throw SessionBroken(exception);
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await _frames.ReadAsync(_stopping.Token) is { } payload)
            {
                var (id, reply) = ReplyCodec.Decode(payload);
                if (!_waiting.TryRemove(id, out var waiter))
                {
                    throw new ProtocolException(
                        ProtocolError.UnexpectedReply, $"Reply {id} answers no request that waits.");
                }

                waiter.SetResult(reply);
            }

            Break(new IOException("The enclave closed the session."));
        }
        catch (Exception exception) when (exception is IOException or ProtocolException
                                              or OperationCanceledException or ObjectDisposedException
                                              or InvalidOperationException)
        {
            Break(exception);
        }
    }

    private void Break(Exception cause)
    {
        _broken ??= cause;
        _ended.TrySetResult();
        foreach (var id in _waiting.Keys)
        {
            if (_waiting.TryRemove(id, out var waiter))
                waiter.TrySetException(SessionBroken(cause));
        }
    }

    private static IOException SessionBroken(Exception cause) =>
        new($"The session with the enclave broke: {cause.Message}", cause);
}
