using System.Threading.Channels;

namespace Sequencer.Core;

/// <summary>
/// Admits submissions: reserves their entries and bytes before anything is kept, so that memory stays
/// bounded at any offered load. Safe for concurrent use.
/// </summary>
internal sealed class Intake(SequencerOptions options)
{
    private readonly Channel<Chain> _ready = Channel.CreateUnbounded<Chain>();

    private int _entries;
    private long _bytes;

    /// <summary>Entries that were admitted and have no outcome yet.</summary>
    public int Entries => Volatile.Read(ref _entries);

    /// <summary>Their bytes.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Chains with waiting work, each of them once, in the order of their turns.</summary>
    public ChannelReader<Chain> Ready => _ready.Reader;

    /// <summary>Checks a submission's form; null when it may go on.</summary>
    public Refusal? CheckForm(Submission submission, out long bytes)
    {
        bytes = 0;
        var count = submission.Entries.Count;
        if (count == 0)
            return new Refusal(RefusalCode.BatchTooLarge, "A submission needs at least one entry.");
        if (count > options.BatchMaxEntries)
        {
            return new Refusal(RefusalCode.BatchTooLarge,
                $"A batch has at most {options.BatchMaxEntries} entries; this one has {count}.");
        }

        for (var i = 0; i < count; i++)
        {
            var length = submission.Entries[i].Length;
            bytes += length;
            if (length > Tlog.Entry.MaxSizeBytes)
            {
                return new Refusal(RefusalCode.EntryTooLarge,
                    $"An entry has at most {Tlog.Entry.MaxSizeBytes} bytes; this one has {length}.")
                { Position = i };
            }
        }

        return bytes <= options.BatchMaxBytes
            ? null
            : new Refusal(RefusalCode.BatchTooLarge,
                $"A batch has at most {options.BatchMaxBytes} bytes; this one has {bytes}.");
    }

    /// <summary>Reserves room for a submission; null when there was room in all queues.</summary>
    public Refusal? Reserve(Chain chain, int entries, long bytes)
    {
        // Both are taken before either is judged, so that giving them back is always right.
        var entriesNow = Interlocked.Add(ref _entries, entries);
        var bytesNow = Interlocked.Add(ref _bytes, bytes);
        if (entriesNow > options.QueueMaxEntries || bytesNow > options.QueueMaxBytes)
        {
            ReleaseTotals(entries, bytes);
            return new Refusal(RefusalCode.QueueFull,
                $"The service's queue is full (at most {options.QueueMaxEntries} entries and "
                + $"{options.QueueMaxBytes} bytes).")
            { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        if (chain.Queue.TryReserve(entries, bytes, chain.Limits))
            return null;
        ReleaseTotals(entries, bytes);
        return new Refusal(RefusalCode.ChainQueueFull,
            $"The queue of chain '{chain.Id}' is full (at most {chain.Limits.QueueMaxEntries} entries and "
            + $"{chain.Limits.QueueMaxBytes} bytes).")
        { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>Gives the room back once the outcome is known.</summary>
    public void Release(Chain chain, int entries, long bytes)
    {
        chain.Queue.Release(entries, bytes);
        ReleaseTotals(entries, bytes);
    }

    /// <summary>Puts an open chain with work on the ready list, unless it is there.</summary>
    public void Schedule(Chain chain)
    {
        if (chain.Phase == ChainPhase.Open && chain.Queue.TrySchedule())
            _ready.Writer.TryWrite(chain);
    }

    /// <summary>Puts a chain back that the committer did not empty.</summary>
    public void Reschedule(Chain chain) => _ready.Writer.TryWrite(chain);

    /// <summary>Lets the committer end once the ready list is empty.</summary>
    public void Complete() => _ready.Writer.TryComplete();

    private void ReleaseTotals(int entries, long bytes)
    {
        Interlocked.Add(ref _entries, -entries);
        Interlocked.Add(ref _bytes, -bytes);
    }
}
