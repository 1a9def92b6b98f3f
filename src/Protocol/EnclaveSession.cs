using System.Collections.Concurrent;

namespace Sequencer.Protocol;

/// <summary>
/// The core's end of one session: requests may be pipelined by many callers, replies find them by number.
/// When the session breaks, every caller still waiting gets an <see cref="IOException"/>: whether its
/// request took effect is then unknown. The session is kept alive, so that a peer that is gone, or that has
/// given the write role to another, is noticed also while there is nothing to ask.
/// </summary>
public sealed class EnclaveSession : IAsyncDisposable
{
    private readonly FrameConnection _frames;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<EnclaveReply>> _waiting = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _receiving;
    private readonly Task _keepingAlive;
    private volatile Exception? _broken;
    private uint _lastId; // changed by whoever holds _sending

    private EnclaveSession(FrameConnection frames, TimeProvider time)
    {
        (_frames, _time) = (frames, time);
        _receiving = ReceiveAsync();
        _keepingAlive = KeepAliveAsync();
    }

    /// <summary>Connects and says hello.</summary>
    /// <param name="transport">The way to the enclave.</param>
    /// <param name="generation">Claims the write role with this generation; null only reads.</param>
    /// <param name="time">The clock for time-outs.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="IOException">When the enclave cannot be reached or hangs up.</exception>
    /// <exception cref="EnclaveRefusedException">When it refuses, above all as fenced.</exception>
    public static async Task<EnclaveSession> OpenAsync(
        IEnclaveTransport transport, ulong? generation, TimeProvider time, CancellationToken cancellation)
    {
        var stream = await transport.ConnectAsync(cancellation);
        var session = new EnclaveSession(new FrameConnection(stream, time), time);
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

    /// <summary>What broke the session; null while it is open.</summary>
    public Exception? Failure => _broken;

    /// <summary>Completes when the session can no longer carry requests; never faults.</summary>
    public Task Ended => _receiving;

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <exception cref="EnclaveRefusedException">When the enclave refused it as a whole.</exception>
    /// <exception cref="IOException">When the session broke: the outcome is unknown.</exception>
    /// <exception cref="ProtocolException">
    /// When the request is too large for a frame and was not sent, or its reply is of another kind.
    /// </exception>
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
        Break(new IOException("It was closed on this side."));
        await _receiving;
        await _keepingAlive;
        // No read is under way any more; a write may be, whose buffers the stream still uses.
        await _sending.WaitAsync();
        try
        {
            await _frames.DisposeAsync();
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task<EnclaveReply> SendAsync(EnclaveRequest request, CancellationToken cancellation)
    {
        // Its owner goes on on the thread that received the reply, without another being woken.
        TaskCompletionSource<EnclaveReply> waiter = new();
        await _sending.WaitAsync(cancellation);
        try
        {
            var id = _lastId + 1;
            // A request that cannot be encoded is its caller's fault alone: nothing has been sent.
            var frame = _frames.Encode((id, request), static (writer, state) =>
                RequestCodec.Encode(writer, state.id, state.request));
            _waiting[id] = waiter;
            _lastId = id;
            await WriteAsync(frame);
        }
        finally
        {
            _sending.Release();
        }

        await using var deadline = _time.CreateTimer(
            _ => BreakUnanswered(waiter, request), null, Limits.ReplyTimeout, Timeout.InfiniteTimeSpan);
        await using var stop = cancellation.UnsafeRegister((_, token) => waiter.TrySetCanceled(token), null);
        return await waiter.Task;
    }

    private void BreakUnanswered(TaskCompletionSource<EnclaveReply> waiter, EnclaveRequest request)
    {
        if (!waiter.Task.IsCompleted)
        {
            Break(new ProtocolException(ProtocolError.ReplyTimeout,
                $"{request.GetType().Name} was not answered within {Limits.ReplyTimeout.TotalSeconds:0} s."));
        }
    }

    /// <summary>Breaks the session on failure: nothing that follows part of a frame can be read.</summary>
    private async Task WriteAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            // Checked after the waiter was entered: whoever breaks the session then finds it.
            if (_broken is { } broken)
                throw broken;
            await _frames.WriteAsync(frame, _stopping.Token);
        }
        catch (Exception exception)
        {
            Break(exception);
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

                // Nobody waits any more for a request that was cancelled.
                waiter.TrySetResult(reply);
            }

            Break(new IOException("The enclave closed the session."));
        }
        catch (Exception exception)
        {
            Break(exception);
        }
    }

    private async Task KeepAliveAsync()
    {
        using var timer = new PeriodicTimer(Limits.KeepAliveInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await SendAsync<DescribeReply>(new DescribeRequest(), _stopping.Token);
        }
        catch (Exception exception)
        {
            Break(exception);
        }
    }

    private void Break(Exception failure)
    {
        // What follows from the first failure, above all that others are cancelled, is nobody's cause.
        var cause = Interlocked.CompareExchange(ref _broken, failure, null) ?? failure;
        if (cause == failure)
            _stopping.Cancel();
        foreach (var id in _waiting.Keys)
        {
            if (_waiting.TryRemove(id, out var waiter))
            {
                waiter.TrySetException(new IOException(
                    $"The session with the enclave broke: {cause.Message}", cause));
            }
        }
    }
}
