using System.Buffers;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// The store of one sequencer. Its contract: a batch takes effect whole or not at all; batches take effect
/// in the order in which they were given; a batch written with sync, and every batch before it, survives
/// any crash once the write has returned; what was written is read at once. Reads may run beside each other
/// and beside a write. One process at a time holds a ledger, elected by its lock. Disposing waits for the
/// reads that are under way.
/// </summary>
/// <remarks>
/// Every member may throw a <see cref="LedgerException"/>: <see cref="LedgerError.Corrupt"/> for a damaged
/// record, <see cref="LedgerError.Unavailable"/> when the storage does not answer or the ledger is closed.
/// </remarks>
public interface ILedger : IAsyncDisposable
{
    /// <summary>
    /// Writes a batch. A chain's entries must go on where its entries end. Whoever awaits it goes on on the
    /// ledger's own thread, which writes nothing meanwhile: what takes long, or blocks, belongs elsewhere.
    /// </summary>
    /// <exception cref="LedgerException">
    /// <see cref="LedgerError.WriteFailed"/>: whether the batch took effect is unknown, and nothing more can
    /// be written until the ledger has been opened anew. <see cref="LedgerError.OutOfOrder"/>: entries would
    /// overwrite others or leave a gap; the batch had no effect.
    /// </exception>
    ValueTask WriteAsync(LedgerBatch batch, bool sync);

    /// <summary>
    /// Forgets idempotency keys that expired before a time, some hundreds at most, without a sync; a key that
    /// is used meanwhile stays. One call at a time. A key that is written with an expiry which an earlier
    /// call has passed is found by a call of an earlier time than the one before it, or once the ledger was
    /// opened anew.
    /// </summary>
    /// <param name="before">Seconds since 1970.</param>
    /// <returns>Whether more of them are left.</returns>
    /// <exception cref="LedgerException"><see cref="LedgerError.Corrupt"/>: a key's record is damaged. It stays, and
    /// the next call goes on behind it.</exception>
    ValueTask<bool> ForgetKeysAsync(ulong before);

    /// <summary>Highest generation ever written, 0 at first.</summary>
    ulong Generation { get; }

    /// <summary>Why this ledger's gateway was fenced, or null.</summary>
    string? Fence { get; }

    /// <summary>Under which name and key its chains are published; null when it was never told.</summary>
    LogRecord? Log { get; }

    /// <summary>The chain, or null when it was never created here.</summary>
    ChainRecord? FindChain(ChainId id);

    /// <summary>Every chain, in no particular order.</summary>
    IEnumerable<ChainRecord> Chains();

    /// <summary>Number of entries of a chain, those that no checkpoint covers yet included.</summary>
    ulong EntryCount(ChainNumber chain);

    /// <summary>One entry; null past the end.</summary>
    StoredEntry? ReadEntry(ChainNumber chain, ulong index);

    /// <summary>The entries <c>[first, first + count)</c> in order; fewer past the end. The ledger cannot be
    /// closed while they are enumerated.</summary>
    IEnumerable<ReadOnlyMemory<byte>> ReadEntries(ChainNumber chain, ulong first, ulong count);

    /// <summary>
    /// Writes the entries <c>[first, first + count)</c> as an entry bundle (tlog-tiles); fewer past the end.
    /// </summary>
    /// <param name="first">Index of the first entry.</param>
    /// <param name="count">How many.</param>
    /// <param name="readAhead">Whether the disk is asked for much at once: better when it is the disk that answers,
    /// worse when memory does.</param>
    /// <param name="output">Where to.</param>
    void WriteBundle(ChainNumber chain, ulong first, ulong count, bool readAhead, IBufferWriter<byte> output)
    {
        foreach (var entry in ReadEntries(chain, first, count))
            EntryBundle.Write(output, entry.Span);
    }

    /// <summary>The newest checkpoint of a chain, or null.</summary>
    CheckpointRecord? LatestCheckpoint(ChainNumber chain);

    /// <summary>The checkpoint of a chain that was written last as having its quorum of witnesses, or null.</summary>
    CheckpointRecord? WitnessedCheckpoint(ChainNumber chain);

    /// <summary>The proposal of a chain that was written last, sealed since or not, or null.</summary>
    ProposalRecord? LastProposal(ChainNumber chain);

    /// <summary>Time of the first cosignature that covers an entry, or null when no checkpoint does.</summary>
    ulong? TimeOfEntry(ChainNumber chain, ulong index);

    /// <summary>The 256 hashes of a full tile, as tlog-tiles serves them, or null.</summary>
    byte[]? ReadTile(ChainNumber chain, int level, ulong index);

    /// <summary>A part of a full tile; null when there is no such tile.</summary>
    TilePart? ReadTilePart(TilePartId id);

    /// <summary>What an idempotency key was used for, or null.</summary>
    KeyRecord? FindKey(ChainNumber chain, in Hash keyDigest);

    /// <summary>The first index of a leaf hash in a chain of unique entries, or null.</summary>
    ulong? FindLeaf(ChainNumber chain, in Hash leaf);

    /// <summary>Every epoch that ever signed here, oldest first.</summary>
    IReadOnlyList<EpochRecord> Epochs();

    /// <summary>An epoch by its number, or null.</summary>
    EpochRecord? FindEpoch(uint number);

    /// <summary>The epochs that signed a chain, oldest first.</summary>
    IReadOnlyList<ChainEpochRecord> ChainEpochs(ChainNumber chain);
}

/// <summary>Opens a sequencer's ledger, at the start and again after an uncertain write.</summary>
public interface ILedgerSource
{
    /// <summary>
    /// Opens the ledger and takes its lock. Whatever it finds there is durable from then on, also what a
    /// write that failed or was not synced has left.
    /// </summary>
    /// <exception cref="LedgerException">When it is missing, empty, foreign, locked or damaged.</exception>
    ValueTask<ILedger> OpenAsync(CancellationToken cancellation);
}
