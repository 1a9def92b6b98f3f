namespace Sequencer.Core;

/// <summary>Why a submission was refused.</summary>
public enum RefusalCode
{
    /// <summary>An entry is over 65,535 bytes.</summary>
    EntryTooLarge,

    /// <summary>The submission has no entries, or more entries or bytes than one may have.</summary>
    BatchTooLarge,

    /// <summary>The chain's queue is full.</summary>
    ChainQueueFull,

    /// <summary>The chain is over its transactions or bytes per second.</summary>
    ChainQuota,

    /// <summary>The service's queue is full.</summary>
    QueueFull,

    /// <summary>The ledger holds as many chains as it may.</summary>
    ChainsFull,

    /// <summary>The service is stopping.</summary>
    Stopping,

    /// <summary>The chain was stopped by a fatal error.</summary>
    ChainStopped,

    /// <summary>The ledger cannot be written at the moment.</summary>
    LedgerUnavailable,

    /// <summary>The enclave cannot be reached at the moment, or its clock is behind the chain's last
    /// signature.</summary>
    EnclaveUnavailable,

    /// <summary>The quorum of witnesses that the enclave demands before it takes the chain up cannot be had at
    /// the moment.</summary>
    WitnessesUnavailable,

    /// <summary>Whether the entries took their place is not known yet; a retry with the same idempotency key
    /// tells.</summary>
    OutcomeUnknown,

    /// <summary>The entries have their places and the enclave's signature, but no quorum of witnesses has
    /// covered them in time.</summary>
    WitnessTimeout,

    /// <summary>The idempotency key was used for other bytes.</summary>
    IdempotencyMismatch,

    /// <summary>A batch holds an entry that a chain of unique entries has already, or holds twice.</summary>
    DuplicateEntry,
}

/// <summary>A refused submission.</summary>
/// <param name="Code">Why.</param>
/// <param name="Detail">A sentence for the caller; names the limit where one was hit.</param>
public sealed record Refusal(RefusalCode Code, string Detail)
{
    /// <summary>A refusal of what may be tried again in a second.</summary>
    internal static Refusal Soon(RefusalCode code, string detail) =>
        new(code, detail) { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>When to try again, where waiting helps.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Which entry of the submission, from 0, where one is to blame.</summary>
    public int? Position { get; init; }

    /// <summary>Index of the first entry, where the entries have their places nevertheless.</summary>
    public ulong? FirstIndex { get; init; }
}
