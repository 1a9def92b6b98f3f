namespace Sequencer.Witness;

/// <summary>
/// How often epochs may be fetched: once in a while for one log, and so many a second for all. Safe for
/// concurrent use.
/// </summary>
internal sealed class FetchBudget(TimeProvider time)
{
    /// <summary>Shortest time between two fetches for one log.</summary>
    public static readonly TimeSpan IntervalPerLog = TimeSpan.FromSeconds(1);

    /// <summary>Fetches a second over all logs, in the long run.</summary>
    public const int PerSecond = 10;

    /// <summary>Fetches that may come at once, after a quiet time.</summary>
    public const int Burst = 50;

    private readonly Lock _lock = new();

    /// <summary>When each log was last fetched for, and whether that gave its epochs; none older than the interval
    /// after a clearing.</summary>
    private readonly Dictionary<string, (long At, bool Succeeded)> _last = new(StringComparer.Ordinal);

    private double _left = Burst;
    private long _counted = time.GetTimestamp();

    internal enum Decision
    {
        Fetch,
        FetchedJustNow,
        FailedJustNow,
        Exhausted,
    }

    /// <summary>Whether to fetch for a log now; if so, it counts.</summary>
    public Decision Take(string origin)
    {
        lock (_lock)
        {
            if (_last.TryGetValue(origin, out var last) && time.GetElapsedTime(last.At) < IntervalPerLog)
                return last.Succeeded ? Decision.FetchedJustNow : Decision.FailedJustNow;
            var now = time.GetTimestamp();
            _left = Math.Min(Burst, _left + time.GetElapsedTime(_counted, now).TotalSeconds * PerSecond);
            _counted = now;
            if (_left < 1)
                return Decision.Exhausted;
            _left--;
            // No more logs than the budget lets through in an interval are worth remembering.
            if (_last.Count > 2 * (Burst + PerSecond))
                Forget();
            _last[origin] = (now, Succeeded: false);
            return Decision.Fetch;
        }
    }

    /// <summary>Notes that the last fetch for a log gave its epochs.</summary>
    public void Succeed(string origin)
    {
        lock (_lock)
        {
            if (_last.TryGetValue(origin, out var last))
                _last[origin] = last with { Succeeded = true };
        }
    }

    private void Forget()
    {
        foreach (var (origin, last) in _last)
        {
            if (time.GetElapsedTime(last.At) >= IntervalPerLog)
                _last.Remove(origin);
        }
    }
}
