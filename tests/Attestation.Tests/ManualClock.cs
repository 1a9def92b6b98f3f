namespace Sequencer.Attestation.Tests;

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => Now;
}
