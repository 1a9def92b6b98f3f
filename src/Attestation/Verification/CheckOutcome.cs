namespace Sequencer.Attestation;

/// <summary>What became of one rule.</summary>
public enum CheckOutcome
{
    Passed,
    Failed,

    /// <summary>Not evaluated, because a rule it builds on failed.</summary>
    NotReached,

    /// <summary>Not evaluated, because the policy demands nothing here.</summary>
    NotAsked,
}
