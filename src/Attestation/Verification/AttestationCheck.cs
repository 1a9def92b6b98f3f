namespace Sequencer.Attestation;

/// <summary>One rule of a verification and what became of it.</summary>
/// <param name="Rule">The rule, in words.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Detail">
/// What was found, or why the rule failed or was left out; a sentence, perhaps empty.
/// </param>
/// <param name="Error">The reason of a failed rule, null for every other.</param>
public sealed record AttestationCheck(
    string Rule, CheckOutcome Outcome, string Detail, AttestationError? Error = null);
