using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// What those readers of one chain share who demand the same finality: the signals that wake them and the
/// newest blocks. An idle reader waits for a signal and costs nothing else. Safe for concurrent use.
/// </summary>
internal sealed class ChainFeed(ChainId chain, Finality finality, SequencerCore core) : IThreadPoolWorkItem
{
    /// <summary>
    /// Readers are spread over so many signals, so that they need not all be sent something at one moment.
    /// </summary>
    public const int Slots = 16;

    /// <summary>Entries of one block, in bytes before they are written as JSON.</summary>
    private const int BlockBytes = 48 * 1024;

    /// <summary>How near to the end of the chain a reader's blocks are likely to be another's too.</summary>
    private const ulong SharedEntries = 4096;

    /// <summary>Up to so many readers are woken at once; more of them slot by slot.</summary>
    private const int ReadersAtOnce = 256;

    private readonly TaskCompletionSource[] _signals =
        [.. Enumerable.Range(0, Slots).Select(_ => NewSignal())];

    private readonly RecentBlocks _recent = new();
    private int _slotsToWake;
    private uint _turn;

    /// <summary>Readers in it; set by <see cref="FeedReaders"/>, under its lock.</summary>
    public int Readers { get; set; }

    /// <summary>Completes at the next call of <see cref="Wake"/>. To be taken before looking for entries, so
    /// that none can come between unseen.</summary>
    public Task Signal(int slot) => Volatile.Read(ref _signals[slot]).Task;

    /// <summary>Wakes the readers of one slot.</summary>
    public void Wake(int slot) => Interlocked.Exchange(ref _signals[slot], NewSignal()).SetResult();

    /// <summary>Wakes all readers soon, on another thread; calls before that are one.</summary>
    public void WakeAll()
    {
        if (Interlocked.Exchange(ref _slotsToWake, Slots) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Wakes the next slot. Behind it others get their turn before the one after: ten thousand readers
    /// must not hold up who submits.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        do
        {
            // Counted before it is woken: whoever calls WakeAll in between adds all slots anew. The other way
            // round, this slot would be counted as one of theirs, and its reader sleep on.
            var slot = (int)(_turn++ % Slots);
            var left = Interlocked.Decrement(ref _slotsToWake);
            Wake(slot);
            if (left == 0)
                return;
        }
        while (Readers <= ReadersAtOnce);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>The block that begins at an index; null when the chain does not reach so far.</summary>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<FeedBlock?> ReadAsync(ulong first, FeedForm form, CancellationToken cancellation)
    {
        if (await core.FindNewestAsync(chain, finality, cancellation) is not { } newest || newest.Size <= first)
            return null;
        // Shared by all who wait: no one of them may cancel it. A reader by itself has nobody to share with, and
        // what it caught up with would be kept for as long as it follows.
        return Readers > 1 && newest.Size - first <= SharedEntries
            ? await _recent.GetAsync(first, form, () => MakeAsync(first, form, CancellationToken.None))
            : await MakeAsync(first, form, cancellation);
    }

    /// <summary>
    /// The checkpoint event for who has the first <paramref name="size"/> entries; null when the newest
    /// checkpoint does not cover so many.
    /// </summary>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ProveAsync(
        ulong size, FeedForm form, CancellationToken cancellation)
    {
        if (await core.ProveSliceAsync(chain, size, finality, cancellation) is not { } proof)
            return null;
        using var text = new FeedText(form);
        text.AddCheckpoint(proof);
        return text.Take();
    }

    private async Task<FeedBlock?> MakeAsync(ulong first, FeedForm form, CancellationToken cancellation)
    {
        var slice = await core.ReadSliceAsync(chain, first, BlockBytes, finality, cancellation);
        if (slice is not { Entries.Count: > 0 })
            return null;
        using var text = new FeedText(form);
        for (var i = 0; i < slice.Entries.Count; i++)
            text.AddEntry(first + (ulong)i, slice.Entries[i]);
        if (slice.End == slice.Checkpoint.Size)
            text.AddCheckpoint(new FeedProof(slice.End, slice.Checkpoint, []));
        return new FeedBlock(slice.End, slice.Checkpoint.Size, text.Take());
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
