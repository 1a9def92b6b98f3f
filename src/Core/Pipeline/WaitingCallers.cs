namespace Sequencer.Core;

/// <summary>
/// The callers that wait for an outcome, in the order in which they came, which is that of their deadlines.
/// One timer for all, where one for each would have to be set and taken back. Safe for concurrent use.
/// </summary>
internal sealed class WaitingCallers : IDisposable
{
    // How often overdue callers are looked for, and so how late one may be told.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<(PendingSubmission Submission, long Since)> _waiting = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly ITimer _sweep;

    /// <param name="time">The clock.</param>
    /// <param name="patienceSeconds">How long a caller waits for the outcome itself.</param>
    public WaitingCallers(TimeProvider time, int patienceSeconds)
    {
        (_time, _patience) = (time, TimeSpan.FromSeconds(patienceSeconds));
        _sweep = time.CreateTimer(_ => AnswerOverdue(), null, SweepInterval, SweepInterval);
    }

    /// <summary>Takes a caller in; give its place back when its submission has its outcome.</summary>
    public LinkedListNode<(PendingSubmission, long)> Add(PendingSubmission submission)
    {
        lock (_lock)
            return _waiting.AddLast((submission, _time.GetTimestamp()));
    }

    /// <summary>Gives a place back, if its caller has not been answered.</summary>
    public void Remove(LinkedListNode<(PendingSubmission, long)> place)
    {
        lock (_lock)
        {
            if (place.List is not null)
                _waiting.Remove(place);
        }
    }

    public void Dispose() => _sweep.Dispose();

    /// <summary>Answers those that have waited too long; their submissions go on.</summary>
    private void AnswerOverdue()
    {
        while (TakeOverdue() is { } submission)
        {
            submission.AnswerCaller(new SubmitOutcome.Refused(Refusal.Soon(
                RefusalCode.OutcomeUnknown,
                $"There was no outcome within {_patience.TotalSeconds:0} s; the entries may still take their "
                + "places: retry with the same Idempotency-Key.")));
        }
    }

    private PendingSubmission? TakeOverdue()
    {
        lock (_lock)
        {
            if (_waiting.First is not { } oldest || _time.GetElapsedTime(oldest.Value.Since) < _patience)
                return null;
            _waiting.RemoveFirst();
            return oldest.Value.Submission;
        }
    }
}
