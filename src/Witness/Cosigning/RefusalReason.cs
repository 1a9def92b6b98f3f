namespace Sequencer.Witness;

/// <summary>Why a checkpoint was not cosigned.</summary>
internal enum RefusalReason
{
    /// <summary>The body is no add-checkpoint request with a checkpoint.</summary>
    Malformed,

    /// <summary>The old size is above the checkpoint's.</summary>
    OldSizeAbove,

    /// <summary>Without a good signature by the log's key.</summary>
    NotSignedByLog,

    /// <summary>Without a good signature by an accepted enclave, where one is demanded.</summary>
    NotSignedByEnclave,

    /// <summary>No rule of the settings is about the origin.</summary>
    OriginUnknown,

    /// <summary>The rule's prefix has as many chains as it may.</summary>
    OriginsFull,

    /// <summary>The checkpoint does not extend the one that was cosigned last.</summary>
    NotConsistent,

    /// <summary>The log's epochs cannot be had now, and without them no enclave is known.</summary>
    EpochsUnavailable,

    /// <summary>The witness's clock shows an earlier time than it has cosigned with.</summary>
    ClockBehind,

    /// <summary>The state could not be written or read.</summary>
    StateUnavailable,
}
