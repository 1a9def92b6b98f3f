namespace Sequencer.Core;

/// <summary>
/// The sizes that this process last saw cosigned, with their times: they may not be in the ledger yet. Safe
/// for concurrent use.
/// </summary>
internal sealed class RecentTimes
{
    private const int Capacity = 64;

    private readonly Lock _lock = new();
    private readonly Queue<(ulong Size, ulong Time)> _times = new(Capacity);

    public void Add(ulong size, ulong time)
    {
        lock (_lock)
        {
            if (_times.Count == Capacity)
                _times.Dequeue();
            _times.Enqueue((size, time));
        }
    }

    /// <summary>Time of the first cosignature of at least this size; null when it is not known here.</summary>
    public ulong? TimeOfSize(ulong size)
    {
        lock (_lock)
        {
            // An older size than all of these may have been cosigned before any of them.
            if (!_times.TryPeek(out var oldest) || size <= oldest.Size)
                return null;
            foreach (var (known, time) in _times)
            {
                if (known >= size)
                    return time;
            }
        }

        return null;
    }
}
