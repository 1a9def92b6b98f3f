using Microsoft.Extensions.Logging;
using Sequencer.Protocol;

namespace Sequencer.Core;

/// <summary>What the core is built on.</summary>
public sealed record CoreDependencies
{
    public required ILedgerSource Ledger { get; init; }

    public required IEnclaveTransport Enclave { get; init; }

    /// <summary>The operator's log key.</summary>
    public required ICheckpointSigner LogKey { get; init; }

    /// <summary>The witnesses that are asked; null for none.</summary>
    public WitnessNetwork? Witnesses { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public required ILogger<SequencerCore> Logger { get; init; }

    public required CoreMetrics Metrics { get; init; }

    /// <summary>
    /// Told how many threads of the pool there shall be beyond the usual, while reads wait for the disk: 32,
    /// or 0 afterwards. Null leaves the pool alone.
    /// </summary>
    public Action<int>? SetExtraThreads { get; init; }

    /// <summary>Told of every checkpoint that is published.</summary>
    public PublishedCheckpoints Published { get; init; } = new();
}
