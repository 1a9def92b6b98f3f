namespace Sequencer.Client;

/// <summary>What a submission waits for before it is answered.</summary>
public enum AwaitedFinality
{
    /// <summary>
    /// When the enclave has signed. Until a quorum of witnesses covers the entry, a second enclave that was
    /// started from an older copy of the ledger can contradict it.
    /// </summary>
    Enclave,

    /// <summary>When a quorum of the service's witnesses covers the entry.</summary>
    Witnessed,
}
