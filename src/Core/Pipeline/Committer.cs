using System.Threading.Channels;

namespace Sequencer.Core;

/// <summary>
/// The first stage: gathers what waits into a round, gives every entry its index and makes the round
/// durable. While one round is written the next gathers. One task runs it; it alone gives out indices.
/// </summary>
internal sealed class Committer(
    Intake intake, ILedger ledger, RideAlong rideAlong, SequencerOptions options, TimeProvider time,
    CoreMetrics metrics)
{
    private const int RoundEntriesMax = 32_768;
    private const long RoundBytesMax = 16L << 20;
    private const int RoundChainsMax = 4_096;
    private const int RoundsAheadMax = 4;

    private readonly Channel<Round> _committed = Channel.CreateBounded<Round>(RoundsAheadMax);
    private readonly Repeats _repeats = new(ledger, options, time);

    /// <summary>Durable rounds, in order.</summary>
    public ChannelReader<Round> Committed => _committed.Reader;

    /// <summary>Runs until the intake is complete and empty.</summary>
    /// <exception cref="LedgerException">When a write failed; everything in the round is abandoned.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (await intake.Ready.WaitToReadAsync(cancellation))
            {
                if (options.LingerMs > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(options.LingerMs), time, cancellation);
                var round = Gather();
                if (round.Runs.Count > 0)
                    await CommitAsync(round, cancellation);
            }
        }
        finally
        {
            _committed.Writer.TryComplete();
        }
    }

    /// <summary>Closes a round of what waits now, every ready chain in its turn.</summary>
    internal Round Gather()
    {
        var round = new Round();
        var unfinished = new List<Chain>();
        var share = Math.Max(1, RoundEntriesMax / Math.Max(1, intake.Ready.Count));
        long bytes = 0;
        while (round.Entries < RoundEntriesMax && bytes < RoundBytesMax && round.Runs.Count < RoundChainsMax
               && intake.Ready.TryRead(out var chain))
        {
            var taken = new List<PendingSubmission>();
            var fits = round.Entries == 0;
            if (chain.Queue.Take(
                    taken, Math.Min(share, RoundEntriesMax - round.Entries), RoundBytesMax - bytes, force: fits))
            {
                unfinished.Add(chain);
            }

            bytes += taken.Sum(submission => submission.Bytes);
            AddRun(round, chain, taken);
        }

        // What did not fit goes to the end of the line: a noisy chain waits behind every quiet one.
        unfinished.ForEach(intake.Reschedule);
        round.ClosedAt = time.GetTimestamp();
        return round;
    }

    private void AddRun(Round round, Chain chain, List<PendingSubmission> taken)
    {
        if (chain.Phase != ChainPhase.Open)
        {
            taken.ForEach(submission => submission.Refuse(
                RefusalCode.ChainStopped, $"Chain '{chain.Id}' is stopped: {chain.StopReason}"));
            return;
        }

        var run = new ChainRun(chain, chain.NextIndex, []);
        foreach (var submission in taken)
        {
            if (_repeats.IsAnswered(chain, submission))
                continue;
            submission.FirstIndex = chain.NextIndex;
            submission.IsCommitting = true;
            chain.NextIndex += (ulong)submission.EntryCount;
            _repeats.Remember(chain, submission, round.Batch);
            run.Submissions.Add(submission);
        }

        if (run.Submissions.Count == 0)
            return;
        round.Runs.Add(run);
        round.Entries += run.Entries;
        round.Batch.Entries.Add(new EntriesRecord(
            chain.Record!.Number, run.FirstIndex, Concatenate(run.Submissions)));
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> Concatenate(List<PendingSubmission> submissions) =>
        submissions is [var only]
            ? only.Submission.Entries
            : [.. submissions.SelectMany(submission => submission.Submission.Entries)];

    private async Task CommitAsync(Round round, CancellationToken cancellation)
    {
        try
        {
            await rideAlong.WriteAsync(round.Batch, sync: true);
        }
        catch (LedgerException exception)
        {
            foreach (var submission in round.Runs.SelectMany(run => run.Submissions))
                submission.Abandon(RefusalCode.LedgerUnavailable, exception.Message);
            throw;
        }

        metrics.Committed(round, time.GetElapsedTime(round.ClosedAt));
        await _committed.Writer.WriteAsync(round, cancellation);
    }
}
