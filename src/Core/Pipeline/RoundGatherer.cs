using System.Diagnostics.CodeAnalysis;

namespace Sequencer.Core;

/// <summary>
/// Gathers what waits into rounds, in fair turns, answers repeats and gives every other entry its index: it
/// alone gives out indices. Used by one task.
/// </summary>
internal sealed class RoundGatherer(
    Intake intake, ILedger ledger, SequencerOptions options, TimeProvider time)
{
    private readonly Repeats _repeats = new(ledger, options, time);

    // The chain whose turn it was when a round had no more room: it begins the next one.
    private Chain? _first;

    /// <summary>Waits for something to gather; false when the intake is complete and empty.</summary>
    public ValueTask<bool> WaitForWorkAsync(CancellationToken cancellation) =>
        _first is null ? intake.Ready.WaitToReadAsync(cancellation) : new(true);

    /// <summary>Closes a round of what waits now: turn after turn, until it is full or nothing
    /// waits.</summary>
    public Round Gather()
    {
        var round = new Round();
        var share = ChainQueue.Share(Math.Max(1, intake.Ready.Count + (_first is null ? 0 : 1)));
        // What was taken, repeats and all: they cost less than what takes a place, but may come without end.
        var load = default(Load);
        // Turns in a row that only saved up for a submission larger than a share.
        var savings = 0;
        while (round.Runs.Count < Round.ChainsMax && TryNext(out var chain))
        {
            List<PendingSubmission> taken = [];
            var turn = chain.Queue.Take(taken, share, Round.Max - load, isFirst: load.Entries == 0);
            foreach (var submission in taken)
                load += submission.Load;
            Add(round, chain, taken);
            if (turn == QueueTurn.NoRoom)
            {
                _first = chain;
                break;
            }

            if (turn == QueueTurn.TurnOver)
                intake.Reschedule(chain);
            savings = taken.Count == 0 ? savings + 1 : 0;
            if (savings > intake.Ready.Count && round.Runs.Count > 0)
                break;
        }

        round.Close(time.GetTimestamp());
        return round;
    }

    private bool TryNext([NotNullWhen(true)] out Chain? chain)
    {
        (chain, _first) = (_first, null);
        return chain is not null || intake.Ready.TryRead(out chain);
    }

    private void Add(Round round, Chain chain, List<PendingSubmission> taken)
    {
        try
        {
            foreach (var submission in taken)
            {
                if (chain.Phase == ChainPhase.Stopped)
                    submission.Refuse(chain.WhyStopped);
                else if (!_repeats.TryAnswer(chain, submission, round))
                    Place(chain, submission, round);
            }
        }
        catch (LedgerException exception) when (exception.Reason == LedgerError.Corrupt)
        {
            // A record of this chain is damaged. What was placed before it is whole and goes on.
            chain.Stop(exception.Message);
            taken.FindAll(submission => !submission.IsCommitting)
                .ForEach(submission => submission.Refuse(chain.WhyStopped));
        }
        catch
        {
            taken.ForEach(submission => submission.Abandon(
                RefusalCode.LedgerUnavailable, "The ledger could not be read."));
            round.Abandon("The ledger could not be read.");
            throw;
        }
    }

    private void Place(Chain chain, PendingSubmission submission, Round round)
    {
        submission.FirstIndex = chain.NextIndex;
        submission.IsCommitting = true;
        chain.NextIndex += (ulong)submission.EntryCount;
        round.Add(chain, submission);
        _repeats.Remember(chain, submission, round.Batch);
    }
}
