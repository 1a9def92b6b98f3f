namespace Sequencer.Client;

/// <summary>One check that failed.</summary>
/// <param name="Step">Which.</param>
/// <param name="Message">Why: a sentence for a person.</param>
public sealed record VerificationFailure(VerificationStep Step, string Message);
