using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>Transactions of one chain that take consecutive indices, all or none.</summary>
public sealed record Submission
{
    public required ChainId Chain { get; init; }

    /// <summary>The entries' bytes; they must not change until the outcome is known.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Entries { get; init; }

    /// <summary>Makes a retry safe: the same key and entries get the same indices; null for none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What the outcome waits for; null for what the chain has as its default.</summary>
    public Finality? Finality { get; init; }
}

/// <summary>What came of a submission.</summary>
public abstract record SubmitOutcome
{
    private SubmitOutcome()
    {
    }

    /// <summary>Its entries have their places, durably, and the enclave has signed them.</summary>
    public sealed record Sequenced(SequencedRange Range) : SubmitOutcome;

    /// <summary>It was refused.</summary>
    public sealed record Refused(Refusal Refusal) : SubmitOutcome;
}
