namespace Sequencer.Client;

/// <summary>Every check of one piece of evidence, in order, and what it proves.</summary>
public sealed record EvidenceReport
{
    internal EvidenceReport()
    {
    }

    public required IReadOnlyList<EvidenceCheck> Checks { get; init; }

    /// <summary>What was read; null when it is no evidence in form.</summary>
    public required ContradictionEvidence? Evidence { get; init; }

    /// <summary>Whether the contradiction is proven to be signed, at least by the log's key.</summary>
    public required bool IsProven { get; init; }

    /// <summary>Whether the log's key came from the verifier's policy, not from the evidence.</summary>
    public required bool KeyFromPolicy { get; init; }

    /// <summary>The accepted enclave that cosigned the older checkpoint; null when none is known.</summary>
    public required VerifiedEnclave? OlderEnclave { get; init; }

    /// <summary>The accepted enclave that cosigned the newer checkpoint; null when none is known.</summary>
    public required VerifiedEnclave? NewerEnclave { get; init; }

    /// <summary>The witnesses that cosigned both sides.</summary>
    public required IReadOnlyList<string> WitnessesOfBoth { get; init; }
}
