namespace Sequencer.Client;

/// <summary>The parts of an audit, in the order in which they are reported. Members are stable.</summary>
public enum AuditRule
{
    /// <summary>The checkpoint has the form of one and is signed by the log's key.</summary>
    LogSignature,

    /// <summary>The checkpoint is cosigned by the enclave of the epoch it belongs to.</summary>
    EnclaveCosignature,

    /// <summary>The checkpoint carries the quorum of witnesses that the policy demands.</summary>
    Witnesses,

    /// <summary>
    /// Every tile is there, and every hash above the leaves is the one recomputed from below.
    /// </summary>
    Tiles,

    /// <summary>Every entry hashes to its leaf hash.</summary>
    Entries,

    /// <summary>The root recomputed from the leaves is the checkpoint's.</summary>
    Root,

    /// <summary>
    /// The epochs follow each other from size 0, each with an attestation document that holds.
    /// </summary>
    Epochs,

    /// <summary>Each epoch after the first adopted exactly the history that the log shows.</summary>
    Handovers,

    /// <summary>The older checkpoint is signed by the log and is of a prefix of this log.</summary>
    OlderCheckpoint,
}
