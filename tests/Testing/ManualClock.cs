namespace Sequencer.Testing;

/// <summary>A clock that stands, and its counter with it, until a test sets it, also to something earlier. Its timers
/// are the system's.</summary>
/// <param name="start">The time that it begins with.</param>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    /// <summary>A clock for a test to which any time will do.</summary>
    public ManualClock()
        : this(new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero))
    {
    }

    public DateTimeOffset Now { get; set; } = start;

    /// <summary>Whole seconds since 1970.</summary>
    public ulong Seconds => (ulong)Now.ToUnixTimeSeconds();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.UtcTicks;

    public void Advance(TimeSpan by) => Now += by;
}
