namespace Sequencer.Client;

/// <summary>
/// Every check of one verification, in order, and what follows from them, for people to read.
/// </summary>
public sealed class VerificationReport
{
    internal VerificationReport(
        IReadOnlyList<VerificationCheck> checks, VerifiedReceipt? verified, bool documentIsSimulated)
    {
        Checks = checks;
        Verified = verified;
        DocumentIsSimulated = documentIsSimulated;
    }

    public IReadOnlyList<VerificationCheck> Checks { get; }

    /// <summary>What was established; null when any check failed.</summary>
    public VerifiedReceipt? Verified { get; }

    /// <summary>
    /// Whether the document says of itself that a simulation made it; tells nothing of its genuineness.
    /// </summary>
    public bool DocumentIsSimulated { get; }

    /// <summary>True when every check holds.</summary>
    public bool IsValid => Verified is not null;
}
