namespace Sequencer.Core;

/// <summary>
/// The transactions of one chain that wait for the committer, in order. Safe for concurrent use. At most
/// one party has the queue scheduled at a time, so that it stands in the ready list once.
/// </summary>
internal sealed class ChainQueue
{
    private readonly Lock _lock = new();
    private readonly Queue<PendingSubmission> _waiting = new();
    private bool _scheduled;

    /// <summary>Entries of this chain that were admitted and have no outcome yet.</summary>
    public int Entries { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reserves room; false when a limit would be passed.</summary>
    public bool TryReserve(int entries, long bytes, ChainLimits limits)
    {
        lock (_lock)
        {
            if (Entries + entries > limits.QueueMaxEntries || Bytes + bytes > limits.QueueMaxBytes)
                return false;
            Entries += entries;
            Bytes += bytes;
            return true;
        }
    }

    public void Release(int entries, long bytes)
    {
        lock (_lock)
        {
            Entries -= entries;
            Bytes -= bytes;
        }
    }

    public void Add(PendingSubmission submission)
    {
        lock (_lock)
            _waiting.Enqueue(submission);
    }

    /// <summary>Whether the caller must put the chain on the ready list: it has work and is not on it.</summary>
    public bool TrySchedule()
    {
        lock (_lock)
        {
            if (_scheduled || _waiting.Count == 0)
                return false;
            _scheduled = true;
            return true;
        }
    }

    /// <summary>Takes submissions up to the room given, whole ones only; at least one when
    /// <paramref name="force"/> is set.</summary>
    /// <returns>Whether more wait: then the chain stays scheduled and the caller puts it back.</returns>
    public bool Take(List<PendingSubmission> taken, int entriesMax, long bytesMax, bool force)
    {
        lock (_lock)
        {
            while (_waiting.TryPeek(out var next)
                   && (force || next.EntryCount <= entriesMax && next.Bytes <= bytesMax))
            {
                force = false;
                entriesMax -= next.EntryCount;
                bytesMax -= next.Bytes;
                taken.Add(_waiting.Dequeue());
            }

            _scheduled = _waiting.Count > 0;
            return _scheduled;
        }
    }

    /// <summary>Takes everything, for refusing it.</summary>
    public List<PendingSubmission> TakeAll()
    {
        lock (_lock)
        {
            var all = new List<PendingSubmission>(_waiting);
            _waiting.Clear();
            _scheduled = false;
            return all;
        }
    }
}
