namespace Sequencer.Enclave;

/// <summary>
/// Time from the NSM's signed timestamps, carried on by a monotonic counter; the parent's clock is never
/// asked. It never goes backwards, and it stops when its anchor is too old. Thread-safe.
/// </summary>
/// <param name="monotonic">Gives the counter; its wall clock is not used.</param>
/// <param name="anchorAgeMax">The oldest anchor to tell the time by.</param>
internal sealed class TrustedClock(TimeProvider monotonic, TimeSpan anchorAgeMax)
{
    private readonly Lock _lock = new();
    private long _anchorStamp;
    private ulong _anchorMs;
    private ulong _latestMs;
    private bool _anchored;

    /// <summary>Takes a signed time, in milliseconds since 1970, that was read just now.</summary>
    public void Anchor(ulong timestampMs)
    {
        lock (_lock)
        {
            _anchorMs = timestampMs;
            _anchorStamp = monotonic.GetTimestamp();
            _anchored = true;
        }
    }

    /// <summary>The time in whole seconds since 1970; null when the anchor is missing or too old.</summary>
    public ulong? Seconds()
    {
        lock (_lock)
        {
            var age = monotonic.GetElapsedTime(_anchorStamp);
            if (!_anchored || age > anchorAgeMax)
                return null;
            _latestMs = Math.Max(_latestMs, _anchorMs + (ulong)age.TotalMilliseconds);
            return _latestMs / 1000;
        }
    }
}
