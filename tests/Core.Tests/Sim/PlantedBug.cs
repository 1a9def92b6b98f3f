namespace Sequencer.Core.Tests.Sim;

/// <summary>Faults put in on purpose, so that we know the simulation can find one.</summary>
public enum PlantedBug
{
    None,

    /// <summary>The ledger says that a write is durable before it is.</summary>
    AcknowledgesBeforeSync,

    /// <summary>The ledger loses the idempotency keys of a batch.</summary>
    LosesKeys,

    /// <summary>The ledger loses the leaf records of unique chains.</summary>
    LosesLeaves,

    /// <summary>The ledger finds the entries of its last batch in another order after a crash.</summary>
    ReordersTail,

    /// <summary>What the enclave signs is not what it was asked to sign.</summary>
    EnclaveSignsAnotherTree,
}
