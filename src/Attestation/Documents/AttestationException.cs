namespace Sequencer.Attestation;

/// <summary>An attestation document was refused: which rule failed, and in words what was found.</summary>
public sealed class AttestationException : Exception
{
    public AttestationException(AttestationError reason, string message)
        : base(message) => Reason = reason;

    public AttestationException(AttestationError reason, string message, Exception? inner)
        : base(message, inner) => Reason = reason;

    /// <summary>The rule that failed.</summary>
    public AttestationError Reason { get; }
}
