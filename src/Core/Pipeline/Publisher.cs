using System.Threading.Channels;
using Sequencer.Protocol;

namespace Sequencer.Core;

/// <summary>
/// The second stage: has durable rounds signed by the enclave, puts the operator's signature beside, and
/// completes the callers. One task runs it, a round at a time; it alone appends to trees of open chains. An answer
/// that was lost is asked for again, in the very same words.
/// </summary>
internal sealed class Publisher(
    ChannelReader<Round> committed,
    Intake intake,
    EnclaveLink link,
    ChainOpener opener,
    ChainLanes lanes,
    CheckpointAssembler assembler,
    RideAlong rideAlong,
    SequencerOptions options,
    TimeProvider time,
    CoreMetrics metrics)
{
    /// <summary>How long after a lost answer it is asked for again.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private const int ChainsFollowedAtOnce = 4;

    /// <summary>Runs until the committer ends.</summary>
    /// <exception cref="EnclaveFencedException">When a newer gateway holds the write role.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (await committed.WaitToReadAsync(cancellation))
        {
            var appends = TakeAppends();
            try
            {
                await PublishAsync(appends, cancellation);
            }
            catch
            {
                appends.ForEach(append => append.Abandon("The sequencer stopped before the enclave answered."));
                throw;
            }

            // With nothing to ride along with, checkpoints are written by themselves, without a sync.
            if (intake.Waiting.Entries == 0)
                await rideAlong.WriteAsync(new LedgerBatch(), sync: false);
        }
    }

    /// <summary>Takes what is durable now, up to one frame's limits in all; one append for each
    /// chain.</summary>
    internal List<ChainAppend> TakeAppends()
    {
        var appends = new Dictionary<Chain, ChainAppend>();
        var leaves = 0;
        var now = time.GetTimestamp();
        while (committed.TryPeek(out var round)
               && (leaves == 0 || leaves + round.Entries <= Limits.LeavesPerFrameMax)
               && (leaves == 0 || appends.Count + round.Runs.Count <= Limits.ChainsPerFrameMax)
               && committed.TryRead(out round))
        {
            leaves += round.Entries;
            foreach (var run in round.Runs)
            {
                if (appends.TryGetValue(run.Chain, out var append))
                    append.Add(run);
                else
                    appends.Add(run.Chain, new ChainAppend(run) { TakenAt = now });
            }
        }

        return [.. appends.Values];
    }

    /// <summary>
    /// Has appends signed and completes their callers. Those of many chains are several requests, all under way at
    /// once: while the enclave signs one, the chains of another are followed, on every processor.
    /// </summary>
    internal async Task PublishAsync(List<ChainAppend> appends, CancellationToken cancellation)
    {
        var waiting = appends;
        while (true)
        {
            try
            {
                var enclave = await link.WhenConnectedAsync(cancellation);
                await AdoptStaleAsync(waiting, enclave, cancellation);
                waiting = waiting.FindAll(append => !append.IsOver && !append.IsAside);
                // No chain is in two of them, so it does not matter which is answered or followed first.
                await Task.WhenAll(waiting.Chunk(options.RequestMaxChains)
                    .Select(part => SignAsync(part, enclave, cancellation)));
                return;
            }
            catch (IOException)
            {
                await Task.Delay(RetryDelay, time, cancellation);
                waiting = waiting.FindAll(append => !append.IsOver && !append.IsAside);
            }
        }
    }

    /// <summary>A new epoch adopts each chain before it appends to it.</summary>
    private async Task AdoptStaleAsync(
        List<ChainAppend> appends, EnclaveConnection enclave, CancellationToken cancellation)
    {
        foreach (var append in appends)
        {
            // What must wait goes aside, so that nobody else waits with it.
            if (lanes.TryTake(append, enclave.Epoch, cancellation))
                continue;
            if (append.Chain.Phase != ChainPhase.Stopped && append.Chain.Latest!.Epoch != enclave.Epoch.Number)
                await AdoptAsync(append, enclave, cancellation);
            append.AbandonIfStopped();
        }
    }

    private async Task AdoptAsync(ChainAppend append, EnclaveConnection enclave, CancellationToken cancellation)
    {
        try
        {
            await opener.CreateOrResumeAsync(append.Chain, enclave, cancellation);
        }
        catch (ChainHeldException)
        {
            lanes.Take(append, cancellation);
        }
        catch (LedgerException exception) when (exception.Reason == LedgerError.Corrupt)
        {
            append.Chain.Stop(exception.Message);
        }
    }

    private async Task SignAsync(
        ChainAppend[] appends, EnclaveConnection enclave, CancellationToken cancellation)
    {
        var items = Array.ConvertAll(appends, append => append.ToItem());
        var results = await enclave.AppendAsync(items, cancellation);
        // This is the thread that waits for sockets: it may follow a few chains, but not thousands.
        if (appends.Length > ChainsFollowedAtOnce)
            await Task.Yield();
        for (var i = 0; i < appends.Length; i++)
            await FollowAsync(appends[i], results[i], enclave.Epoch, cancellation);
    }

    private async Task FollowAsync(
        ChainAppend append, AppendResult result, EnclaveEpoch epoch, CancellationToken cancellation)
    {
        try
        {
            if (await append.Chain.FollowAsync(append.Leaves, result, epoch, assembler, cancellation))
            {
                rideAlong.Add(append.Chain);
                append.Complete(metrics, time);
            }
        }
        catch (LedgerException exception) when (exception.Reason == LedgerError.Corrupt)
        {
            append.Chain.Stop(exception.Message);
        }

        append.AbandonIfStopped();
    }
}
