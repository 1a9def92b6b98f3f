using Sequencer.Attestation;

namespace Sequencer.Client;

/// <summary>One line of a <see cref="VerificationReport"/>.</summary>
/// <param name="Step">The part of the verification it belongs to.</param>
/// <param name="Rule">What was checked, in words.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Detail">What was found, or why it failed: one line for a person, perhaps empty.</param>
public sealed record VerificationCheck(
    VerificationStep Step, string Rule, CheckOutcome Outcome, string Detail);
