namespace Sequencer.Client;

/// <summary>What a verified receipt establishes about its place in the chain.</summary>
public enum Guarantee
{
    /// <summary>
    /// Only that the enclave of a local, simulated root signed it: whoever has that root's key can make any
    /// receipt.
    /// </summary>
    SimulatedOnly,

    /// <summary>
    /// Within one epoch, that is one boot of one accepted enclave, the index names these bytes for ever,
    /// whatever the operator does. A second history by another boot is provable by whoever sees both, not
    /// prevented.
    /// </summary>
    WithinEpoch,

    /// <summary>
    /// The same across epochs: a quorum of witnesses, of which any two share one, saw this one history.
    /// </summary>
    AcrossEpochs,
}
