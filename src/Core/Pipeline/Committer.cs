using System.Threading.Channels;

namespace Sequencer.Core;

/// <summary>
/// The first stage: gathers what waits into a round, gives every entry its index and makes the round
/// durable. While one round is written the next gathers, and goes on gathering until the publisher has taken the
/// one before. One task runs it; it alone gives out indices.
/// </summary>
internal sealed class Committer(
    Intake intake, ILedger ledger, RideAlong rideAlong, SequencerOptions options, TimeProvider time,
    CoreMetrics metrics)
{
    /// <summary>Most entries in a round, unless a single submission has more.</summary>
    public const int RoundEntriesMax = 32_768;

    /// <summary>Most bytes in a round, unless a single submission has more.</summary>
    public const long RoundBytesMax = 16L << 20;

    private static readonly Load RoundMax = new(RoundEntriesMax, RoundBytesMax);

    private const int RoundChainsMax = 4_096;

    // One is enough to keep the publisher at work. With more, a busy publisher would meet many small rounds,
    // each with a sync of its own, where it could meet one large one.
    private const int RoundsAheadMax = 1;

    private readonly Channel<Round> _committed = Channel.CreateBounded<Round>(RoundsAheadMax);
    private readonly Repeats _repeats = new(ledger, options, time);

    // The chain whose turn it was when a round had no more room: it begins the next one.
    private Chain? _first;

    /// <summary>Durable rounds, in order.</summary>
    public ChannelReader<Round> Committed => _committed.Reader;

    /// <summary>Runs until the intake is complete and empty.</summary>
    /// <exception cref="LedgerException">When a write failed; everything in the round is abandoned.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (_first is not null || await intake.Ready.WaitToReadAsync(cancellation))
            {
                if (options.LingerMs > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(options.LingerMs), time, cancellation);
                // What a busy publisher could not take yet gains nothing by being closed: it may still grow.
                await _committed.Writer.WaitToWriteAsync(cancellation);
                var round = Gather();
                if (!round.IsEmpty)
                    await CommitAsync(round, cancellation);
                else
                    // What the publisher left to this round, it being under way, is written by itself after all.
                    await rideAlong.WriteAsync(new LedgerBatch(), sync: false);
            }
        }
        finally
        {
            _committed.Writer.TryComplete();
        }
    }

    /// <summary>Closes a round of what waits now: turn after turn, until it is full or nothing waits.</summary>
    internal Round Gather()
    {
        var round = new Round();
        var share = ChainQueue.Share(Math.Max(1, intake.Ready.Count + (_first is null ? 0 : 1)));
        // What was taken, repeats and all: they cost less than what takes a place, but may come without end.
        var load = default(Load);
        // Turns in a row that only saved up for a submission larger than a share.
        var savings = 0;
        while (round.Runs.Count < RoundChainsMax && TryNext(out var chain))
        {
            List<PendingSubmission> taken = [];
            var turn = chain.Queue.Take(taken, share, RoundMax - load, isFirst: load.Entries == 0);
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

    private bool TryNext([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Chain? chain)
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

    private async Task CommitAsync(Round round, CancellationToken cancellation)
    {
        try
        {
            await rideAlong.WriteAsync(round.Batch, sync: true);
            round.Answer();
            if (round.Runs.Count == 0)
                return;
            metrics.Committed(round, time.GetElapsedTime(round.ClosedAt));
            await _committed.Writer.WriteAsync(round, cancellation);
        }
        catch (Exception exception)
        {
            round.Abandon(exception is LedgerException ? exception.Message : "The sequencer is stopping.");
            throw;
        }
    }
}
