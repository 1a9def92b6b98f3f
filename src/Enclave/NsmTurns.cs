namespace Sequencer.Enclave;

/// <summary>
/// Calls that may wait for the NSM, which answers one at a time and may take minutes: they take turns, each
/// on a thread of its own, so that however many there are the thread pool stays free for signing.
/// </summary>
internal sealed class NsmTurns : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

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

    public void Dispose() => _turn.Dispose();
}
