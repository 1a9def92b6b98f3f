namespace Sequencer.Attestation;

/// <summary>Where a verification took its time from.</summary>
public enum TimeSource
{
    Now,
    DocumentTimestamp,
    Given,
}
