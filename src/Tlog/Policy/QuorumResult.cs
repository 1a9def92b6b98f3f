namespace Sequencer.Tlog;

/// <summary>How a policy's quorum judges a set of cosigners.</summary>
/// <param name="IsSatisfied">Whether the quorum rule holds; always for <c>quorum none</c>.</param>
/// <param name="Cosigned">The policy's witnesses among the cosigners, in the policy's order.</param>
/// <param name="Missing">The policy's other witnesses, in the policy's order.</param>
/// <param name="Reason">One sentence a person can act on.</param>
public sealed record QuorumResult(
    bool IsSatisfied,
    IReadOnlyList<PolicyWitness> Cosigned,
    IReadOnlyList<PolicyWitness> Missing,
    string Reason);
