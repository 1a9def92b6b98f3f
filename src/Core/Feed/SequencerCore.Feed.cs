using Sequencer.Tlog;

namespace Sequencer.Core;

// What followers of a chain read.
public sealed partial class SequencerCore
{
    /// <summary>Tells when there is more to read.</summary>
    public PublishedCheckpoints Published => _dependencies.Published;

    /// <summary>The newest checkpoint of a finality; null when there is none yet, or the chain is unknown.
    /// </summary>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<FeedCheckpoint?> FindNewestAsync(
        ChainId chain, Finality finality, CancellationToken cancellation) =>
        await ReadAsync(chain, (_, found) => FeedReading.Newest(found, finality), cancellation);

    /// <summary>
    /// The entries from <paramref name="first"/> on, up to the newest checkpoint of a finality, in the order of
    /// the chain; null when there is none yet, or the chain is unknown.
    /// </summary>
    /// <param name="chain">The chain.</param>
    /// <param name="first">Index of the first entry.</param>
    /// <param name="bytesMax">Where to stop, in bytes of entries; one entry is read in any case.</param>
    /// <param name="finality">Whose signatures must cover the entries.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<FeedSlice?> ReadSliceAsync(
        ChainId chain, ulong first, int bytesMax, Finality finality, CancellationToken cancellation) =>
        await ReadAsync(
            chain, (engine, found) => FeedReading.Read(engine.Ledger, found, first, bytesMax, finality),
            cancellation);

    /// <summary>
    /// Proves to who has the first <paramref name="size"/> entries that the newest checkpoint of a finality
    /// covers them; null when it does not yet, or the chain is unknown.
    /// </summary>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<FeedProof?> ProveSliceAsync(
        ChainId chain, ulong size, Finality finality, CancellationToken cancellation) =>
        await ReadAsync(chain, (_, found) => FeedReading.Prove(found, size, finality), cancellation);
}
