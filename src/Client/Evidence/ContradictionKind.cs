namespace Sequencer.Client;

/// <summary>How two signed checkpoints contradict each other. Members are stable.</summary>
public enum ContradictionKind
{
    /// <summary>One size, two roots.</summary>
    SameSize,

    /// <summary>
    /// The smaller tree is not a prefix of the larger: a subtree of it has another hash there.
    /// </summary>
    NotAPrefix,

    /// <summary>
    /// One enclave cosigned the smaller size at a later time than the larger one. An enclave promises never
    /// to go back; nothing is said of the entries.
    /// </summary>
    TimeReversed,
}
