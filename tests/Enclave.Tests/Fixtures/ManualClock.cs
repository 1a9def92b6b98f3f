namespace Sequencer.Enclave.Tests;

/// <summary>The NSM's own clock: it says what the test sets, also something earlier.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => Now;
}
