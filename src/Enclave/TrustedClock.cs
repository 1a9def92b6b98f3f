namespace Sequencer.Enclave;

/// <summary>
/// Time from the NSM's signed timestamps, carried on by a monotonic counter; the parent's clock is never
/// asked. It never goes backwards, and it stops when its anchor is too old. Thread-safe.
/// </summary>
/// <param name="monotonic">Gives the counter; its wall clock is not used.</param>
/// <param name="anchorAgeMax">The oldest anchor to tell the time by.</param>
internal sealed class TrustedClock(TimeProvider monotonic, TimeSpan anchorAgeMax)
{
    /// <summary>
    /// The longest that the NSM may take for an anchor: by as much the time may be behind, which what witnesses
    /// must not be ahead by has to cover.
    /// </summary>
    public static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long _anchorStamp;
    private ulong _anchorMs;
    private ulong _latestMs;
    private bool _anchored;

    /// <summary>The counter, to be read before the NSM is asked.</summary>
    public long Stamp() => monotonic.GetTimestamp();

    /// <summary>
    /// Takes a signed time, in milliseconds since 1970, that came just now; false, and nothing changes, when that
    /// took longer than <see cref="AnswerMax"/>.
    /// </summary>
    /// <param name="timestampMs">The signed time.</param>
    /// <param name="asked">The <see cref="Stamp"/> of when it was asked for.</param>
    public bool TryAnchor(ulong timestampMs, long asked)
    {
        lock (_lock)
        {
            var now = monotonic.GetTimestamp();
            if (monotonic.GetElapsedTime(asked, now) > AnswerMax)
                return false;
            (_anchorMs, _anchorStamp, _anchored) = (timestampMs, now, true);
            return true;
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
