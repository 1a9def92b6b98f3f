using System.Threading.Channels;

namespace Sequencer.Core;

/// <summary>
/// The first stage: has what waits gathered into a round and makes the round durable. While one round is
/// written the next gathers, and goes on gathering until the publisher has taken the one before. One task
/// runs it.
/// </summary>
internal sealed class Committer(
    RoundGatherer gatherer, RideAlong rideAlong, SequencerOptions options, TimeProvider time,
    CoreMetrics metrics)
{
    // One is enough to keep the publisher at work. With more, a busy publisher would meet many small rounds,
    // each with a sync of its own, where it could meet one large one.
    private const int RoundsAheadMax = 1;

    private readonly Channel<Round> _committed = Channel.CreateBounded<Round>(RoundsAheadMax);

    /// <summary>Durable rounds, in order.</summary>
    public ChannelReader<Round> Committed => _committed.Reader;

    /// <summary>Runs until the intake is complete and empty.</summary>
    /// <exception cref="LedgerException">When a write failed; everything in the round is abandoned.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (await gatherer.WaitForWorkAsync(cancellation))
            {
                if (options.LingerMs > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(options.LingerMs), time, cancellation);
                // What a busy publisher could not take yet gains nothing by being closed: it may still grow.
                await _committed.Writer.WaitToWriteAsync(cancellation);
                var round = gatherer.Gather();
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
