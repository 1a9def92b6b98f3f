using Sequencer.Protocol;

namespace Sequencer.Core;

/// <summary>
/// One session with the write role and the epoch behind it. They belong together: an answer of one epoch
/// must never be put under the key of another.
/// </summary>
internal sealed class EnclaveConnection(EnclaveSession session, EnclaveEpoch epoch) : IAsyncDisposable
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

    /// <summary>The same over a session whose epoch is not known yet.</summary>
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
