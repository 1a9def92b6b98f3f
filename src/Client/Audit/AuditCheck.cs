using Sequencer.Attestation;

namespace Sequencer.Client;

/// <summary>What became of one part of an audit.</summary>
/// <param name="Rule">Which part.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Detail">What was found: one line for a person. What failed is in the findings.</param>
public sealed record AuditCheck(AuditRule Rule, CheckOutcome Outcome, string Detail);
