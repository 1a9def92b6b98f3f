namespace Sequencer.Core;

/// <summary>
/// Admits submissions to their chains' queues and lets their callers wait for the outcome. Safe for concurrent use.
/// </summary>
/// <param name="intake">The queues' limits, and the chains that have something in them.</param>
/// <param name="chains">Opens a chain on first use.</param>
/// <param name="finality">Lets callers wait for witnesses as well.</param>
/// <param name="callers">Answers those who have waited too long.</param>
/// <param name="stopping">The engine ends.</param>
internal sealed class Submitter(
    Intake intake, ChainRegistry chains, WitnessFinality finality, WaitingCallers callers, CancellationToken stopping)
{
    private volatile Refusal? _ended;

    /// <summary>Whether anybody waits for an outcome, be it for the witnesses alone.</summary>
    public bool HasCallers => intake.Waiting.Entries > 0 || finality.Waiting.Entries > 0;

    /// <summary>Submits; the caller has checked the form and that the service is up.</summary>
    public ValueTask<SubmitOutcome> SubmitAsync(
        Submission submission, long bytes, CancellationToken cancellation)
    {
        var known = chains.FindKnown(submission.Chain);
        var chain = known ?? chains.Make(submission.Chain);
        if (WhyClosed(chain) is { } closed)
            return new(new SubmitOutcome.Refused(closed));
        var isWitnessed = WitnessFinality.IsDemanded(chain, submission);
        var load = new Load(submission.Entries.Count, bytes);
        if (Admit(chain, load, isWitnessed) is { } refusal)
            return new(new SubmitOutcome.Refused(refusal));
        // Only what was admitted: names alone must not take memory.
        if (known is null && !chains.TryAdd(chain))
        {
            Release(chain, load, isWitnessed);
            return SubmitAsync(submission, bytes, cancellation);
        }

        var pending = Queue(chain, submission, bytes);
        var answer = cancellation.CanBeCanceled
            ? new(AsTaskAsync(pending.Answer).WaitAsync(cancellation))
            : pending.Answer;
        return isWitnessed ? WaitForWitnessesAsync(chain, pending, answer, cancellation) : answer;
    }

    /// <summary>Gives every submission in a queue an outcome, those to come included: the engine has ended.</summary>
    public void AbandonQueues(Refusal why)
    {
        // Set first: whoever adds to a queue after it was emptied below sees it.
        _ended = why;
        // By their names: the registry's own order is another one in every process, and a simulated run must repeat.
        foreach (var chain in chains.All.OrderBy(chain => chain.Id.Value, StringComparer.Ordinal))
            Abandon(chain, why);
    }

    /// <summary>Puts what was admitted into its chain's queue, and has the queue looked at.</summary>
    private PendingSubmission Queue(Chain chain, Submission submission, long bytes)
    {
        var pending = new PendingSubmission(submission, bytes);
        var place = callers.Add(pending);
        pending.OnOutcome(_ =>
        {
            intake.Release(chain, pending.Load);
            callers.Remove(place);
        });
        chain.Queue.Add(pending);
        if (chain.Phase == ChainPhase.Open)
            intake.Schedule(chain);
        else
            _ = chains.OpenAsync(chain, stopping);
        // Again, and after the queue was added to: the chain may have been opened, or stopped, meanwhile.
        if (chain.Phase == ChainPhase.Open)
            intake.Schedule(chain);
        else if (chain.Phase == ChainPhase.Stopped)
            ChainRegistry.RefuseWaiting(chain);
        if (_ended is { } ended)
            Abandon(chain, ended);
        return pending;
    }

    private static void Abandon(Chain chain, Refusal why) =>
        chain.Queue.TakeAll().ForEach(submission => submission.Abandon(why.Code, why.Detail));

    private static Refusal? WhyClosed(Chain chain) => chain switch
    {
        { Phase: ChainPhase.Stopped } => chain.WhyStopped,
        _ => chain.Hold,
    };

    private Refusal? Admit(Chain chain, Load load, bool isWitnessed)
    {
        if (intake.Reserve(chain, load) is { } full)
            return full;
        if (isWitnessed && finality.Reserve(load) is { } waiting)
        {
            intake.Release(chain, load);
            return waiting;
        }

        // Last: what is paid here is not given back.
        var refusal = chain.Quota.Take(load);
        if (refusal is not null)
            Release(chain, load, isWitnessed);
        return refusal;
    }

    private void Release(Chain chain, Load load, bool isWitnessed)
    {
        intake.Release(chain, load);
        if (isWitnessed)
            finality.Release(load);
    }

    private async ValueTask<SubmitOutcome> WaitForWitnessesAsync(
        Chain chain, PendingSubmission pending, ValueTask<SubmitOutcome> answer, CancellationToken cancellation)
    {
        try
        {
            return await finality.WaitAsync(chain.Witnessing!, answer, cancellation);
        }
        finally
        {
            finality.Release(pending.Load);
        }
    }

    /// <summary>Unlike <c>AsTask</c>, resumes in its caller's context.</summary>
    private static async Task<SubmitOutcome> AsTaskAsync(ValueTask<SubmitOutcome> answer) => await answer;
}
