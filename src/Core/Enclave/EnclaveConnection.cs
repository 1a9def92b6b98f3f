using Sequencer.Protocol;

namespace Sequencer.Core;

/// <summary>
/// One session with the write role and the epoch behind it. They belong together: an answer of one epoch
/// must never be put under the key of another.
/// </summary>
internal sealed class EnclaveConnection(
    EnclaveSession session, EnclaveEpoch epoch, TimeProvider time, CoreMetrics metrics) : IAsyncDisposable
{
    /// <summary>The epoch that answers here.</summary>
    public EnclaveEpoch Epoch { get; } = epoch;

    /// <summary>Whether requests can be sent.</summary>
    public bool IsOpen => session.IsOpen;

    /// <summary>Waits until the session can carry no more requests.</summary>
    /// <exception cref="EnclaveFencedException">When it ended because a newer session took the write role.</exception>
    public async Task WaitEndedAsync(CancellationToken cancellation)
    {
        await session.Ended.WaitAsync(cancellation);
        ThrowIfFenced(session);
    }

    /// <summary>Sends a request of the write role.</summary>
    /// <exception cref="EnclaveFencedException">When a newer session holds the write role.</exception>
    /// <exception cref="EnclaveRefusedException">When the enclave refused it for a reason that stays.</exception>
    /// <exception cref="IOException">
    /// When the session broke, and the outcome is unknown; or when the enclave cannot sign at the moment.
    /// </exception>
    public Task<TReply> SendAsync<TReply>(EnclaveRequest request, CancellationToken cancellation)
        where TReply : EnclaveReply => SendAsync<TReply>(session, request, cancellation);

    /// <summary>Asks for appends, and notes how long the enclave takes.</summary>
    /// <returns>A result for each, in their order.</returns>
    /// <exception cref="ProtocolException">When the enclave answered with another number of results.</exception>
    /// <inheritdoc cref="SendAsync{TReply}(EnclaveRequest, CancellationToken)"/>
    public async Task<IReadOnlyList<AppendResult>> AppendAsync(
        IReadOnlyList<AppendItem> items, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var reply = await SendAsync<AppendReply>(new AppendRequest(items), cancellation);
        metrics.EnclaveAnswered(time.GetElapsedTime(started));
        return reply.Results.Count == items.Count
            ? reply.Results
            : throw new ProtocolException(
                ProtocolError.UnexpectedReply,
                $"{items.Count} appends were answered by {reply.Results.Count} results.");
    }

    /// <summary>Sends a request over a session whose epoch is not known yet.</summary>
    public static async Task<TReply> SendAsync<TReply>(
        EnclaveSession session, EnclaveRequest request, CancellationToken cancellation)
        where TReply : EnclaveReply
    {
        try
        {
            return await session.SendAsync<TReply>(request, cancellation);
        }
        catch (EnclaveRefusedException exception) when (exception.Refusal.Reason == EnclaveRefusalReason.Fenced)
        {
            throw new EnclaveFencedException(exception.Refusal.Detail, exception);
        }
        catch (EnclaveRefusedException exception) when (
            exception.Refusal.Reason is EnclaveRefusalReason.ClockStale or EnclaveRefusalReason.NsmFailed)
        {
            throw new IOException(exception.Message, exception);
        }
        catch (IOException)
        {
            ThrowIfFenced(session);
            throw;
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private static void ThrowIfFenced(EnclaveSession session)
    {
        if (session.Failure is EnclaveRefusedException { Refusal.Reason: EnclaveRefusalReason.Fenced } fenced)
            throw new EnclaveFencedException(fenced.Refusal.Detail, fenced);
    }
}
