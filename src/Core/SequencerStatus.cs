using Sequencer.Protocol;

namespace Sequencer.Core;

/// <summary>Where the service as a whole stands.</summary>
public enum SequencerState
{
    /// <summary>The enclave has not been reached yet.</summary>
    Starting,

    /// <summary>Takes transactions.</summary>
    Ready,

    /// <summary>Ledger or enclave failed; it is being opened or reached again.</summary>
    Recovering,

    /// <summary>Finishes what was accepted and takes no more.</summary>
    Stopping,

    /// <summary>A newer gateway holds the write role; this one must not come back by itself.</summary>
    Fenced,

    /// <summary>Stopped, by itself or on request.</summary>
    Stopped,
}

/// <summary>A snapshot for health, readiness and metrics.</summary>
public sealed record SequencerStatus
{
    public required SequencerState State { get; init; }

    /// <summary>Why it is not ready, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>Real or simulated; null before the enclave was reached.</summary>
    public EnclaveMode? Mode { get; init; }

    /// <summary>The epoch's cosigner key (vkey), or null.</summary>
    public string? CosignerKey { get; init; }

    /// <summary>Chains that a fatal error stopped, with the reason.</summary>
    public IReadOnlyDictionary<string, string> StoppedChains { get; init; } = new Dictionary<string, string>();

    public int QueueEntries { get; init; }

    public long QueueBytes { get; init; }

    /// <summary>Chains open in this process.</summary>
    public int Chains { get; init; }

    /// <summary>Time since the newest checkpoint of any chain was published; null before the first.</summary>
    public TimeSpan? CheckpointAge { get; init; }

    /// <summary>Time since the newest checkpoint that has its quorum of witnesses was published; null before
    /// the first.</summary>
    public TimeSpan? WitnessedAge { get; init; }
}
