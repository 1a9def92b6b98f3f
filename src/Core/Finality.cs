namespace Sequencer.Core;

/// <summary>When a submission's outcome is final for its caller.</summary>
public enum Finality
{
    /// <summary>The enclave has signed it. Until a quorum of witnesses covers it, a second enclave that was
    /// started from an older ledger can contradict it.</summary>
    Enclave,

    /// <summary>A quorum of witnesses has cosigned a checkpoint that covers it.</summary>
    Witnessed,
}
