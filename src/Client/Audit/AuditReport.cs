using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>What an audit of a whole log found.</summary>
public sealed record AuditReport
{
    internal AuditReport()
    {
    }

    /// <summary>The log's origin, as its checkpoint gives it.</summary>
    public required string Origin { get; init; }

    /// <summary>The checkpoint that was audited; null when it could not be read.</summary>
    public required Checkpoint? Checkpoint { get; init; }

    /// <summary>One line for each part, in order.</summary>
    public required IReadOnlyList<AuditCheck> Checks { get; init; }

    /// <summary>What is wrong, the first ones found.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    /// <summary>How much is wrong in all; may be more than <see cref="Findings"/> holds.</summary>
    public required long FindingsCount { get; init; }

    /// <summary>Whether the entries were read and hashed, or leaf hashes were taken as they came.</summary>
    public required bool EntriesRehashed { get; init; }

    /// <summary>Whether the log's key came from the auditor's policy rather than from the gateway.</summary>
    public required bool KeyFromPolicy { get; init; }

    /// <summary>Whether any epoch's document was made by a simulation.</summary>
    public required bool IsSimulated { get; init; }

    /// <summary>True when nothing is wrong.</summary>
    public bool IsSound =>
        FindingsCount == 0 && Checks.All(check => check.Outcome != CheckOutcome.NotReached);
}
