namespace Sequencer.Client;

/// <summary>What is wrong with a feed.</summary>
public enum FeedError
{
    /// <summary>An event is not of the agreed form.</summary>
    Malformed,

    /// <summary>An entry was left out, sent twice or sent out of order.</summary>
    OutOfOrder,

    /// <summary>A checkpoint is not signed by whom the policy and the accepted images demand.</summary>
    CheckpointNotTrusted,

    /// <summary>
    /// The entries do not lead to the signed root: one was changed, or the checkpoint is of another history.
    /// </summary>
    RootMismatch,

    /// <summary>Two checkpoints, both well signed, are of two histories: together they prove it.</summary>
    Fork,

    /// <summary>Too much came without a checkpoint that covers it.</summary>
    NotCovered,
}
