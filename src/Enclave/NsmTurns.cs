namespace Sequencer.Enclave;

/// <summary>
/// Calls that may wait for the NSM, which answers one at a time and may take minutes: they take turns, each
/// on a thread of its own, so that however many there are the thread pool stays free for signing.
/// </summary>
internal sealed class NsmTurns : IDisposable
{
    /// <summary>
    /// Most sessions that wait for an attestation. One whose peer is gone notices that only when it has its answer,
    /// and holds a place among the server's sessions until then: there must be some left.
    /// </summary>
    public const int WaitingMax = EnclaveServer.SessionsMax / 4;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _waiting;

    public async Task<T> CallAsync<T>(Func<T> call, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await Task.Factory.StartNew(
                call, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The same for a session's request; null when <see cref="WaitingMax"/> wait already.</summary>
    public async Task<T?> TryCallAsync<T>(Func<T> call, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return Interlocked.Increment(ref _waiting) <= WaitingMax ? await CallAsync(call, cancellation) : null;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _turn.Dispose();
}
