namespace Sequencer.Client;

/// <summary>A transaction's place in its chain, with the receipt that proves it.</summary>
public sealed record SequencedTransaction
{
    /// <summary>Zero-based place in the chain.</summary>
    public required ulong Index { get; init; }

    /// <summary>The tlog-proof text, without or (a bundle) with the enclave's attestation document.</summary>
    public required string Receipt { get; init; }

    /// <summary>The time of the first cosignature that covers it, in whole seconds.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The transaction's bytes: those submitted, or those fetched.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }
}
