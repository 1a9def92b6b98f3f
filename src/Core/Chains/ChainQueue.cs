namespace Sequencer.Core;

/// <summary>Why a chain's turn in a round ended.</summary>
internal enum QueueTurn
{
    /// <summary>Nothing waits any more; the chain is off the ready list.</summary>
    Empty,

    /// <summary>It had its share; more waits, and the chain must be put at the end of the line.</summary>
    TurnOver,

    /// <summary>The round has no room for what is next, though it is the chain's turn: it goes first next.</summary>
    NoRoom,
}

/// <summary>
/// The transactions of one chain that wait for the committer, in order. Safe for concurrent use. At most
/// one party has the queue scheduled at a time, so that it stands in the ready list once. Turns follow
/// deficit round robin: what a turn leaves unused because the next submission is larger counts in the next,
/// so that over time every busy chain gets the same share, in bytes and entries, and none starves.
/// </summary>
internal sealed class ChainQueue(ChainLimits limits)
{
    /// <summary>What an entry costs besides its bytes: a round full of entries costs as much as one full of
    /// bytes, so that everybody's share fits a round.</summary>
    public const long EntryCost = Round.BytesMax / Round.EntriesMax;

    private readonly Lock _lock = new();
    private readonly Queue<PendingSubmission> _waiting = new();
    private bool _scheduled;
    private long _credit;
    private bool _turnGoesOn;

    /// <summary>Room for what was admitted to this chain and has no outcome yet.</summary>
    public Room Room { get; } = new(new Load(limits.QueueMaxEntries, limits.QueueMaxBytes));

    /// <summary>What each of so many chains may take of a round.</summary>
    public static long Share(int chains) => Round.BytesMax / chains;

    public void Add(PendingSubmission submission)
    {
        lock (_lock)
            _waiting.Enqueue(submission);
    }

    /// <summary>Whether the caller must put the chain on the ready list: it has work and is not on it.</summary>
    public bool TrySchedule()
    {
        lock (_lock)
        {
            if (_scheduled || _waiting.Count == 0)
                return false;
            _scheduled = true;
            return true;
        }
    }

    /// <summary>Takes whole submissions, as far as the chain's turn and the round's room go.</summary>
    /// <param name="taken">Takes them.</param>
    /// <param name="share">What this turn adds to the chain's credit.</param>
    /// <param name="room">What the round still takes.</param>
    /// <param name="isFirst">Whether the round is empty: then its room is no limit for one submission.</param>
    public QueueTurn Take(List<PendingSubmission> taken, long share, Load room, bool isFirst)
    {
        lock (_lock)
        {
            _credit += _turnGoesOn ? 0 : share;
            _turnGoesOn = false;
            while (_waiting.TryPeek(out var next))
            {
                var cost = next.Bytes + EntryCost * next.EntryCount;
                if (cost > _credit)
                    return QueueTurn.TurnOver;
                if (!next.Load.FitsIn(room) && !(isFirst && taken.Count == 0))
                {
                    _turnGoesOn = true;
                    return QueueTurn.NoRoom;
                }

                _credit -= cost;
                room -= next.Load;
                taken.Add(_waiting.Dequeue());
            }

            (_scheduled, _credit) = (false, 0);
            return QueueTurn.Empty;
        }
    }

    /// <summary>Takes everything, for refusing it.</summary>
    public List<PendingSubmission> TakeAll()
    {
        lock (_lock)
        {
            var all = new List<PendingSubmission>(_waiting);
            _waiting.Clear();
            return all;
        }
    }
}
