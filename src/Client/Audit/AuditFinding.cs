namespace Sequencer.Client;

/// <summary>One thing that is wrong with a log.</summary>
/// <param name="Rule">The part of the audit that found it.</param>
/// <param name="Where">The tile, entry, epoch or checkpoint.</param>
/// <param name="What">What is wrong with it: a sentence for a person.</param>
public sealed record AuditFinding(AuditRule Rule, string Where, string What);
