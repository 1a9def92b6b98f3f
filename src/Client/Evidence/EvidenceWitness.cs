using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>A witness of the policy under which evidence was found.</summary>
/// <param name="Name">What the policy calls it.</param>
/// <param name="Key">The key of its cosignatures.</param>
public sealed record EvidenceWitness(string Name, VerifierKey Key);
