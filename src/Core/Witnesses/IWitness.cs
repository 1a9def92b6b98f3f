using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// A witness as a log sees it (C2SP tlog-witness). What it answers is not believed: whoever asks checks the
/// cosignatures with the key of its own policy. Safe for concurrent use.
/// </summary>
public interface IWitness
{
    /// <summary>Name of the witness's verifier key.</summary>
    string Name { get; }

    /// <summary>
    /// Asks for a cosignature. Every answer, and the lack of one, is a value; only cancellation throws.
    /// </summary>
    /// <param name="oldSize">The size that the witness is believed to have cosigned last; 0 for none.</param>
    /// <param name="proof">The consistency proof from that size, at most 63 hashes.</param>
    /// <param name="checkpoint">
    /// The signed checkpoint, UTF-8, at most 64 KiB, durable in the ledger already.
    /// </param>
    /// <exception cref="OperationCanceledException">When <paramref name="ct"/> was cancelled.</exception>
    Task<WitnessAnswer> AddCheckpointAsync(
        ulong oldSize, IReadOnlyList<Hash> proof, ReadOnlyMemory<byte> checkpoint, CancellationToken ct);
}
