namespace Sequencer.Client;

/// <summary>
/// What a monitor tells. The name in events is the member's in snake_case (<c>checkpoint_verified</c>); names
/// are stable.
/// </summary>
public enum MonitorEventKind
{
    /// <summary>There was no state: this checkpoint was taken as the beginning, on trust.</summary>
    FirstContact,

    /// <summary>A new checkpoint holds, and continues the history that was seen before.</summary>
    CheckpointVerified,

    /// <summary>The log serves nothing new.</summary>
    Unchanged,

    /// <summary>Entries were read and hash to the checkpoint's root.</summary>
    EntriesVerified,

    /// <summary>The gateway did not answer, or refused.</summary>
    Unreachable,

    /// <summary>
    /// The log serves a checkpoint, but not what is needed to check it against what was seen before.
    /// </summary>
    NotChecked,

    /// <summary>The newest checkpoint is older than the time allowed.</summary>
    Stale,

    /// <summary>What is served as a checkpoint is none.</summary>
    CheckpointMalformed,

    /// <summary>A checkpoint is not signed by the log's key, or is of another log.</summary>
    LogSignatureWrong,

    /// <summary>A checkpoint is not cosigned by the attested enclave of its epoch.</summary>
    CosignatureWrong,

    /// <summary>A checkpoint lacks the quorum of witnesses that the policy demands.</summary>
    QuorumMissing,

    /// <summary>An epoch's attestation document does not hold, or epochs do not follow each other.</summary>
    EpochWrong,

    /// <summary>An epoch that was seen before is no longer served, or is another.</summary>
    EpochsChanged,

    /// <summary>A handover between epochs does not hold.</summary>
    HandoverWrong,

    /// <summary>Entries do not hash to what the checkpoint says, or are withheld.</summary>
    EntriesWrong,

    /// <summary>A later checkpoint was cosigned at an earlier time.</summary>
    TimeBackwards,

    /// <summary>A checkpoint was cosigned in the future, by the monitor's clock.</summary>
    TimeAhead,

    /// <summary>The log serves fewer entries than it had before, without a contradiction so far.</summary>
    RolledBack,

    /// <summary>
    /// Two signed checkpoints contradict each other: evidence was written, or the message says why it could
    /// not be.
    /// </summary>
    ContradictionProven,

    /// <summary>The log still contradicts what it signed; evidence of it exists already.</summary>
    ContradictionPersists,

    /// <summary>
    /// Two signed checkpoints contradict each other, and evidence of it would not verify: the message says
    /// why.
    /// </summary>
    ContradictionUnproven,
}
