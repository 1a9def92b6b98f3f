namespace Sequencer.Client;

/// <summary>A receipt that does not verify: at least one check failed.</summary>
public sealed class VerificationException : Exception
{
    internal VerificationException(IReadOnlyList<VerificationFailure> failures)
        : base(failures[0].Message) => Failures = failures;

    /// <summary>The first check that failed.</summary>
    public VerificationStep Step => Failures[0].Step;

    /// <summary>Every check that failed, in order; at least one.</summary>
    public IReadOnlyList<VerificationFailure> Failures { get; }
}
