using Sequencer.Tlog;

namespace Sequencer.Core;

// What followers of a chain read.
public sealed partial class SequencerCore
{
    /// <summary>Tells when there is more to read.</summary>
    public PublishedCheckpoints Published => _dependencies.Published;

    /// <summary>The newest checkpoint; null when the chain is unknown.</summary>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<FeedCheckpoint?> FindNewestAsync(ChainId chain, CancellationToken cancellation) =>
        await ReadAsync(chain, static (_, found) => FeedReading.Newest(found), cancellation);

    /// <summary>
    /// The entries from <paramref name="first"/> on, up to the newest checkpoint, in the order of the chain;
    /// null when the chain is unknown.
    /// </summary>
    /// <param name="bytesMax">Where to stop, in bytes of entries; one entry is read in any case.</param>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<FeedSlice?> ReadSliceAsync(
        ChainId chain, ulong first, int bytesMax, CancellationToken cancellation) =>
        await ReadAsync(
            chain, (engine, found) => FeedReading.Read(engine.Ledger, found, first, bytesMax), cancellation);

    /// <summary>
    /// Proves to who has the first <paramref name="size"/> entries that the newest checkpoint covers them;
    /// null when it does not yet, or the chain is unknown.
    /// </summary>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<FeedProof?> ProveSliceAsync(
        ChainId chain, ulong size, CancellationToken cancellation) =>
        await ReadAsync(chain, (_, found) => FeedReading.Prove(found, size), cancellation);
}
