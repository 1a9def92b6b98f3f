namespace Sequencer.Attestation;

/// <summary>
/// The time at which certificates must be valid. A leaf lives three hours, so that the choice decides what is
/// proven: liveness at the present, or history at the document's own time.
/// </summary>
public abstract record VerificationTime
{
    private VerificationTime()
    {
    }

    /// <summary>
    /// The present, for live checks. A document more than five minutes ahead of it is refused.
    /// </summary>
    public sealed record Now(TimeProvider Clock) : VerificationTime;

    /// <summary>The timestamp signed in the document: proves what was, not that it still is.</summary>
    public sealed record DocumentTimestamp : VerificationTime;

    /// <summary>A given instant.</summary>
    public sealed record At(DateTimeOffset Instant) : VerificationTime;
}
