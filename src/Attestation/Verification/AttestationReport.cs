namespace Sequencer.Attestation;

/// <summary>Every rule of one verification, in order, for people to read.</summary>
public sealed class AttestationReport
{
    internal AttestationReport(
        IReadOnlyList<AttestationCheck> checks, AttestationDocument? document, VerifiedAttestation? verified)
    {
        Checks = checks;
        Document = document;
        Verified = verified;
    }

    public IReadOnlyList<AttestationCheck> Checks { get; }

    /// <summary>
    /// The document when it could be parsed. Unless <see cref="Accepted"/>, it is not to be believed.
    /// </summary>
    public AttestationDocument? Document { get; }

    /// <summary>What was verified; null when any rule failed.</summary>
    public VerifiedAttestation? Verified { get; }

    /// <summary>True when no rule failed.</summary>
    public bool Accepted => Verified is not null;
}
