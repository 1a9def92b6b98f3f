namespace Sequencer.Core;

/// <summary>
/// Remembers which runs of entries have which time. That never changes, but the newest run of a chain may grow. A
/// run is as long as all that a chain was given within one second. Bounded: when it is full it starts over. Safe
/// for concurrent use.
/// </summary>
internal sealed class TimeMemory
{
    private const int RunsMax = 8_192;

    private readonly Lock _lock = new();
    // In the order of chains and, within a chain, of entries; no two overlap.
    private readonly List<TimeRun> _runs = [];

    /// <summary>The time of an entry, or null when it is not known here.</summary>
    public ulong? Find(ChainNumber chain, ulong index)
    {
        lock (_lock)
        {
            var at = PlaceOf(chain, index);
            return at >= 0 && _runs[at] is var run && run.Chain == chain && index < run.End ? run.Time : null;
        }
    }

    public void Add(TimeRun run)
    {
        lock (_lock)
        {
            if (_runs.Count == RunsMax)
                _runs.Clear();
            var at = PlaceOf(run.Chain, run.First);
            if (at < 0 || _runs[at].Chain != run.Chain || _runs[at].First != run.First)
                _runs.Insert(at + 1, run);
            else if (_runs[at].End < run.End)
                _runs[at] = run;
        }
    }

    /// <summary>Place of the last run that begins at or before an entry; -1 when none does.</summary>
    private int PlaceOf(ChainNumber chain, ulong index)
    {
        var (low, high) = (0, _runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var run = _runs[middle];
            var isBehind = run.Chain == chain ? run.First > index : run.Chain.Value > chain.Value;
            (low, high) = isBehind ? (low, middle) : (middle + 1, high);
        }

        return low - 1;
    }
}

/// <summary>The entries <c>[First, End)</c> of a chain, first covered by cosignatures of one time.</summary>
internal readonly record struct TimeRun(ChainNumber Chain, ulong First, ulong End, ulong Time);
