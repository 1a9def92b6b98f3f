using Sequencer.Attestation;

namespace Sequencer.Client;

/// <summary>One line of an <see cref="EvidenceReport"/>.</summary>
/// <param name="Rule">What was checked, in words.</param>
/// <param name="Outcome">
/// What became of it. <see cref="CheckOutcome.NotAsked"/> also says that an enclave is not one that the
/// verifier accepts: then nothing is claimed of it, and the log's key may be proven guilty all the same.
/// </param>
/// <param name="Detail">What was found, or why it failed: one line for a person.</param>
public sealed record EvidenceCheck(string Rule, CheckOutcome Outcome, string Detail);
