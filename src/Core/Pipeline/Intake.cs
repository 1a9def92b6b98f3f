using System.Threading.Channels;

namespace Sequencer.Core;

/// <summary>
/// Admits submissions: reserves their entries and bytes before anything is kept, so that memory stays
/// bounded at any offered load. Safe for concurrent use.
/// </summary>
internal sealed class Intake(SequencerOptions options)
{
    private readonly Channel<Chain> _ready = Channel.CreateUnbounded<Chain>();
    private readonly Room _room = new(new Load(options.QueueMaxEntries, options.QueueMaxBytes));

    /// <summary>What was admitted and has no outcome yet.</summary>
    public Load Waiting => _room.Taken;

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
    public Refusal? Reserve(Chain chain, Load load)
    {
        if (!_room.TryTake(load))
        {
            return Refusal.Soon(RefusalCode.QueueFull,
                $"The service's queue is full (at most {_room.Max.Entries} entries and "
                + $"{_room.Max.Bytes} bytes).");
        }

        var queue = chain.Queue.Room;
        if (queue.TryTake(load))
            return null;
        _room.GiveBack(load);
        return Refusal.Soon(RefusalCode.ChainQueueFull,
            $"The queue of chain '{chain.Id}' is full (at most {queue.Max.Entries} entries and "
            + $"{queue.Max.Bytes} bytes).");
    }

    /// <summary>Gives the room back once the outcome is known.</summary>
    public void Release(Chain chain, Load load)
    {
        chain.Queue.Room.GiveBack(load);
        _room.GiveBack(load);
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
}
