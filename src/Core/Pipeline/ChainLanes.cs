using Sequencer.Protocol;

namespace Sequencer.Core;

/// <summary>
/// Lanes beside the publisher, each for one chain that must wait before the enclave signs for it: for witnesses, to be
/// adopted by a new epoch that demands them, or, with witnessed finality, every time; or for the clock of a new epoch,
/// which is behind. Other chains do not wait for it. While a chain has its lane, the lane alone appends to its tree; it
/// ends when it is empty.
/// </summary>
internal sealed class ChainLanes(
    EnclaveLink link, ChainOpener opener, ChainSigner signer, TimeProvider time, CoreMetrics metrics)
{
    private static readonly TimeSpan UnavailableDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Chain, Queue<ChainAppend>> _lanes = [];
    private readonly TaskCompletionSource _failed = Signal.New();

    /// <summary>Takes an append, when its chain has a lane or needs one.</summary>
    public bool TryTake(ChainAppend append, EnclaveEpoch epoch, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_lanes.TryGetValue(append.Chain, out var waiting))
            {
                append.IsAside = true;
                waiting.Enqueue(append);
                return true;
            }

            if (!NeedsLane(append.Chain, epoch))
                return false;
        }

        Take(append, cancellation);
        return true;
    }

    /// <summary>Takes an append whose chain has no lane and must wait.</summary>
    public void Take(ChainAppend append, CancellationToken cancellation)
    {
        append.IsAside = true;
        lock (_lock)
            _lanes.Add(append.Chain, new Queue<ChainAppend>([append]));
        _ = RunLaneAsync(append.Chain, cancellation);
    }

    /// <summary>Faults with the first error of a lane that the whole engine must answer to.</summary>
    public Task WatchAsync(CancellationToken cancellation) => _failed.WaitAsync(cancellation);

    private static bool NeedsLane(Chain chain, EnclaveEpoch epoch) =>
        epoch.Witnesses is { } demanded && chain.Phase != ChainPhase.Stopped
        && (demanded.Seals(chain.Id) || chain.Latest!.Epoch != epoch.Number);

    private async Task RunLaneAsync(Chain chain, CancellationToken cancellation)
    {
        // Off the publisher's stack.
        await Task.Yield();
        ChainAppend? append = null;
        try
        {
            while ((append = Next(chain)) is not null)
                await SignAsync(append, cancellation);
        }
        catch (Exception exception)
        {
            Abandon(chain, append);
            if (exception is not OperationCanceledException)
                _failed.TrySetException(exception);
        }
    }

    /// <summary>Everything that waits in the lane, as one append as far as it fits one frame; null ends it.</summary>
    private ChainAppend? Next(Chain chain)
    {
        lock (_lock)
        {
            var waiting = _lanes[chain];
            if (!waiting.TryDequeue(out var first))
            {
                _lanes.Remove(chain);
                return null;
            }

            var leaves = LeavesOf(first);
            while (waiting.TryPeek(out var next) && leaves + LeavesOf(next) <= Limits.LeavesPerFrameMax)
            {
                leaves += LeavesOf(next);
                first.Add(waiting.Dequeue().Runs);
            }

            return first;
        }
    }

    private static int LeavesOf(ChainAppend append) => append.Submissions.Sum(submission => submission.EntryCount);

    private async Task SignAsync(ChainAppend append, CancellationToken cancellation)
    {
        var chain = append.Chain;
        while (true)
        {
            append.AbandonIfStopped();
            if (append.IsOver)
                return;
            try
            {
                await SignOnceAsync(append, await link.WhenConnectedAsync(cancellation), cancellation);
                chain.Hold = null;
            }
            catch (IOException)
            {
                await Task.Delay(Publisher.RetryDelay, time, cancellation);
            }
            catch (ChainHeldException exception)
            {
                // The entries are durable and keep their places; nothing more is taken in until they are signed.
                chain.Hold = exception.Why;
                await Task.Delay(UnavailableDelay, time, cancellation);
            }
            catch (LedgerException exception) when (exception.Reason == LedgerError.Corrupt)
            {
                chain.Stop(exception.Message);
            }
        }
    }

    private async Task SignOnceAsync(
        ChainAppend append, EnclaveConnection enclave, CancellationToken cancellation)
    {
        var chain = append.Chain;
        if (chain.Latest!.Epoch != enclave.Epoch.Number)
            await opener.CreateOrResumeAsync(chain, enclave, cancellation);
        if (chain.Phase == ChainPhase.Stopped)
            return;
        var end = append.FirstIndex + (ulong)append.Leaves.Length;
        // A new epoch that went on from the proposal has them signed.
        if (chain.Latest!.Size >= end
            || await signer.AppendAsync(chain, append.FirstIndex, append.Leaves, enclave, cancellation))
        {
            append.Complete(metrics, time);
        }
    }

    private void Abandon(Chain chain, ChainAppend? append)
    {
        const string why = "The sequencer stopped before the enclave answered.";
        append?.Abandon(why);
        lock (_lock)
        {
            // Gone with what waits in it: nobody would take what is added later.
            if (!_lanes.Remove(chain, out var waiting))
                return;
            foreach (var later in waiting)
                later.Abandon(why);
        }
    }
}
