namespace Sequencer.Core;

/// <summary>
/// What waits for the ledger's writer, in order. It has no bound of its own, for everyone who adds awaits the write:
/// a few stages, and a chain at most once. The taker sleeps while there is nothing: to spin would take the processor
/// from those who bring the next batch. Safe for concurrent use, for one taker.
/// </summary>
internal sealed class WriteQueue<T>
{
    private readonly object _gate = new();
    private readonly Queue<T> _queue = new();
    private bool _isComplete;

    /// <summary>Adds at the end; false once the queue is complete.</summary>
    public bool TryAdd(T item)
    {
        lock (_gate)
        {
            if (_isComplete)
                return false;
            _queue.Enqueue(item);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Moves what waits, up to <paramref name="countMax"/>; waits for the first.</summary>
    /// <returns>False when there is nothing and nothing will come.</returns>
    public bool Take(List<T> taken, int countMax)
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_isComplete)
                Monitor.Wait(_gate);
            while (taken.Count < countMax && _queue.TryDequeue(out var item))
                taken.Add(item);
            return taken.Count > 0;
        }
    }

    /// <summary>Nothing more is added; what waits can still be taken.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            Monitor.PulseAll(_gate);
        }
    }
}
