namespace Sequencer.Core.Tests.Sim;

/// <summary>A client: submits, retries what it may, and keeps every receipt.</summary>
internal sealed class SimClient(SimWorld world, int number)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly SimScheduler _scheduler = world.Scheduler;
    private readonly SimClock _clock = new(world.Scheduler, owner: null);

    public bool IsDone { get; private set; }

    public async Task RunAsync(int submissions)
    {
        for (var i = 0; i < submissions; i++)
        {
            var submission = Make(i);
            world.Submissions.Add(submission);
            await SubmitAsync(submission);
            if (submission is { Key: not null, FirstIndex: not null })
                await ProbeAsync(submission);
            if (_scheduler.Chance(0.5))
                await Task.Delay(TimeSpan.FromTicks(_scheduler.Next(300_000 * world.Pace)), _clock);
        }

        IsDone = true;
    }

    private SimSubmission Make(int i)
    {
        var chain = world.Chains[_scheduler.Next(world.Chains.Count)];
        var isUnique = chain.Value == "unique";
        var count = _scheduler.Chance(0.7) ? 1
            : _scheduler.Chance(0.9) ? 1 + _scheduler.Next(5)
            : 100 + _scheduler.Next(200);
        if (isUnique)
            count = Math.Min(count, 3);
        return new SimSubmission
        {
            Chain = chain,
            Texts = [.. Enumerable.Range(0, count).Select(n =>
                isUnique ? $"unique {_scheduler.Next(12)}" : $"client {number}, submission {i}, entry {n}")],
            Finality = world.Gateway.Witnesses is not null && _scheduler.Chance(0.3) ? Finality.Witnessed : null,
            Key = _scheduler.Chance(0.6) ? $"client {number}, key {i}" : null,
        };
    }

    private async Task SubmitAsync(SimSubmission submission)
    {
        while (true)
        {
            var answer = await world.Gateway.SubmitAsync(
                submission.ToSubmission(), _scheduler.Chance(0.9) ? Patience : TimeSpan.FromMilliseconds(2));
            switch (answer.Outcome)
            {
                case SubmitOutcome.Sequenced(var range):
                    world.Keep(submission, range, answer.Receipts);
                    return;
                case SubmitOutcome.Refused(var refusal) when !IsUnknown(refusal):
                    if (IsFinal(submission, refusal))
                        return;
                    break;
                default:
                    submission.Unknown++;
                    // Without a key it may have been taken: only who accepts it twice tries again.
                    if (submission.Key is null && !submission.IsUnique && _scheduler.Chance(0.5))
                        return;
                    break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20 + _scheduler.Next(200)), _clock);
        }
    }

    /// <summary>A key that was used gives the same place again, and is not for other bytes.</summary>
    private async Task ProbeAsync(SimSubmission submission)
    {
        if (_scheduler.Chance(0.3))
            await SubmitAsync(submission);
        if (!_scheduler.Chance(0.2))
            return;
        var other = new SimSubmission { Chain = submission.Chain, Texts = ["other bytes"], Key = submission.Key };
        var answer = await world.Gateway.SubmitAsync(other.ToSubmission(), Patience);
        if (answer.Outcome is SubmitOutcome.Sequenced && !(submission.IsUnique && submission.Texts.Count == 1))
            _scheduler.Violate($"The key '{submission.Key}' was taken for other bytes.");
    }

    private bool IsUnknown(Refusal refusal)
    {
        // It has its place, but no receipt came of it.
        if (refusal.Code == RefusalCode.WitnessTimeout)
            return true;
        if (refusal.Code != RefusalCode.OutcomeUnknown)
            return false;
        // Nothing here lasts that long: it was forgotten, and only the clock gave it an outcome.
        if (refusal.Detail.StartsWith("There was no outcome", StringComparison.Ordinal))
            _scheduler.Violate($"A submission was forgotten: {refusal.Detail}");
        return true;
    }

    /// <summary>Whether it will never be taken; a refusal that should not be breaks the run.</summary>
    private bool IsFinal(SimSubmission submission, Refusal refusal)
    {
        switch (refusal.Code)
        {
            case RefusalCode.DuplicateEntry when submission is { IsUnique: true, Texts.Count: > 1 }:
                return true;
            case RefusalCode.LedgerUnavailable or RefusalCode.EnclaveUnavailable or RefusalCode.Stopping:
                return false;
            case RefusalCode.WitnessesUnavailable when world.Enclave.Demand is not null:
                return false;
            default:
                _scheduler.Violate($"A submission to '{submission.Chain}' was refused: {refusal}");
                return true;
        }
    }
}
