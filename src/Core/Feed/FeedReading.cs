using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>Reads ranges of a chain for its followers.</summary>
internal static class FeedReading
{
    /// <summary>About what index, time and punctuation add to an entry when it is sent, in bytes.</summary>
    private const int EntryOverhead = 96;

    /// <summary>Null when the chain has none of that finality yet.</summary>
    public static FeedCheckpoint? Newest(Chain chain, Finality finality) =>
        Find(chain, finality) is { } newest ? Of(newest) : null;

    /// <summary>
    /// The entries from <paramref name="first"/> on, up to the newest checkpoint of a finality, as many as fit
    /// <paramref name="bytesMax"/>, but one at least. Null when there is no such checkpoint yet.
    /// </summary>
    public static FeedSlice? Read(ILedger ledger, Chain chain, ulong first, int bytesMax, Finality finality)
    {
        if (Find(chain, finality) is not { } checkpoint)
            return null;
        var data = new List<ReadOnlyMemory<byte>>();
        if (first < checkpoint.Size)
        {
            long bytes = 0;
            foreach (var entry in ledger.ReadEntries(chain.Record!.Number, first, checkpoint.Size - first))
            {
                bytes += entry.Length + EntryOverhead;
                if (data.Count > 0 && bytes > bytesMax)
                    break;
                data.Add(entry);
            }

            if (data.Count == 0)
            {
                throw new LedgerException(LedgerError.Corrupt,
                    $"Entry {first} of chain '{chain.Id}' is covered by a checkpoint, but missing here.");
            }
        }

        var times = Times(ledger, chain, first, data.Count);
        return new FeedSlice(
            first, [.. data.Select((entry, i) => new FeedEntry(entry, times[i]))], Of(checkpoint));
    }

    /// <summary>Null when the newest checkpoint of a finality does not cover so many entries.</summary>
    public static FeedProof? Prove(Chain chain, ulong size, Finality finality) =>
        Find(chain, finality) is { } checkpoint && size <= checkpoint.Size
            ? new FeedProof(size, Of(checkpoint), ConsistencyProof.Build(size, checkpoint.Size, chain.Tree!))
            : null;

    /// <summary>
    /// The time of each entry. Times never fall along the chain, so a run of entries whose ends were cosigned
    /// at one time was cosigned at that time throughout: the ledger is asked for the ends, and for what lies
    /// between only where they differ.
    /// </summary>
    private static DateTimeOffset[] Times(ILedger ledger, Chain chain, ulong first, int count)
    {
        var times = new DateTimeOffset[count];
        if (count == 0)
            return times;
        times[0] = TimeAt(0);
        times[^1] = TimeAt(count - 1);
        Fill(0, count - 1);
        return times;

        DateTimeOffset TimeAt(int offset) => DateTimeOffset.FromUnixTimeSeconds(
            (long)chain.CreatedAt(first + (ulong)offset, ledger));

        void Fill(int from, int to)
        {
            if (to - from < 2)
                return;
            if (times[from] == times[to])
            {
                times.AsSpan(from + 1, to - from - 1).Fill(times[from]);
                return;
            }

            var middle = from + (to - from) / 2;
            times[middle] = TimeAt(middle);
            Fill(from, middle);
            Fill(middle, to);
        }
    }

    private static SignedCheckpoint? Find(Chain chain, Finality finality) =>
        finality == Finality.Witnessed ? chain.Witnessing?.Witnessed : chain.Latest;

    private static FeedCheckpoint Of(SignedCheckpoint checkpoint) => new(checkpoint.Size, checkpoint.Note);
}
