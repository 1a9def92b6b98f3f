namespace Sequencer.Core;

/// <summary>
/// A chain's transactions and bytes per second: a bucket for each that refills evenly and holds one
/// second's worth. A submission larger than that passes when its bucket is full, and leaves a debt. Safe
/// for concurrent use.
/// </summary>
internal sealed class ChainQuota(ChainLimits limits, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _stamp = time.GetTimestamp();
    private double _entries = limits.TransactionsPerSecond;
    private double _bytes = limits.BytesPerSecond;

    /// <summary>Takes a submission's share; else says which limit was hit and when to try again.</summary>
    public Refusal? Take(Load load)
    {
        if (limits.TransactionsPerSecond <= 0 && limits.BytesPerSecond <= 0)
            return null;
        lock (_lock)
        {
            Refill();
            if (Wait(_entries, limits.TransactionsPerSecond, load.Entries) is { } entriesWait)
                return Refuse($"{limits.TransactionsPerSecond} transactions per second", entriesWait);
            if (Wait(_bytes, limits.BytesPerSecond, load.Bytes) is { } bytesWait)
                return Refuse($"{limits.BytesPerSecond} bytes per second", bytesWait);
            _entries -= load.Entries;
            _bytes -= load.Bytes;
            return null;
        }
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(_stamp, now).TotalSeconds;
        _stamp = now;
        _entries = Math.Min(limits.TransactionsPerSecond, _entries + seconds * limits.TransactionsPerSecond);
        _bytes = Math.Min(limits.BytesPerSecond, _bytes + seconds * limits.BytesPerSecond);
    }

    /// <summary>Seconds until there is enough; null when there is.</summary>
    private static double? Wait(double available, double perSecond, double wanted)
    {
        var missing = Math.Min(wanted, perSecond) - available;
        return perSecond <= 0 || missing <= 0 ? null : missing / perSecond;
    }

    private static Refusal Refuse(string limit, double seconds) =>
        new(RefusalCode.ChainQuota, $"The chain is over its quota of {limit}.")
        {
            RetryAfter = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(seconds))),
        };
}
