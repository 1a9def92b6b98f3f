using Microsoft.Extensions.Logging;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Brings the newest checkpoints of all chains before the witnesses and collects what they cosign. It shows
/// them nothing that is not on stable storage: a witness that had seen more than a crash leaves behind would
/// lock the chain out. Sequencing never waits for it. One coordinator for each engine.
/// </summary>
internal sealed class WitnessCoordinator
{
    // Chains that have news at about the same time share one sync.
    private static readonly TimeSpan GatheringMax = TimeSpan.FromMilliseconds(50);

    private readonly WitnessNetwork _network;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly long _interval;
    private readonly List<WitnessWorker> _workers;
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Chain, long> _due = new();
    private TaskCompletionSource _news = Signal.New();
    private RideAlong? _rideAlong;

    public WitnessCoordinator(
        WitnessNetwork network, SequencerOptions options, TimeProvider time, ILogger logger, CoreMetrics metrics)
    {
        (_network, _time) = (network, time);
        _patience = TimeSpan.FromSeconds(options.WitnessPatienceSeconds);
        _interval = (long)(network.Interval.TotalSeconds * time.TimestampFrequency);
        _workers =
        [
            .. Enumerable.Range(0, network.Clients.Count)
                .Select(place => new WitnessWorker(place, network, this, time, logger, metrics)),
        ];
    }

    /// <summary>A chain's standing with the witnesses, before anything is known of it.</summary>
    public ChainWitnessing Begin(string origin) => new(origin, _network.Policy);

    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="LedgerException">When the ledger must be opened anew.</exception>
    public async Task RunAsync(RideAlong rideAlong, CancellationToken cancellation)
    {
        _rideAlong = rideAlong;
        List<Task> running = [BeginRoundsAsync(rideAlong, cancellation)];
        running.AddRange(_workers.Select(worker => worker.RunAsync(cancellation)));
        await await Task.WhenAny(running);
    }

    /// <summary>Notes that a chain may have a checkpoint that no quorum has cosigned; cheap.</summary>
    public void News(Chain chain)
    {
        if (chain.Latest is not { } latest
            || !chain.Witnessing!.TrySchedule(latest.Size, _interval, _time.GetTimestamp(), out var due))
        {
            return;
        }

        lock (_lock)
        {
            _due.Enqueue(chain, due);
            _news.TrySetResult();
        }
    }

    /// <summary>Brings a chain before every witness.</summary>
    public void AskAll(Chain chain) => _workers.ForEach(worker => worker.Ask(chain));

    /// <summary>Has the other witnesses asked about a sealed checkpoint, where the gateway's own policy wants more than
    /// the enclave's.</summary>
    public void GoOn(Chain chain, SignedCheckpoint checkpoint)
    {
        if (chain.Witnessing!.TryGoOn(checkpoint, _time.GetTimestamp()))
            AskAll(chain);
    }

    /// <summary>A checkpoint has its quorum: it is written down, and the next round may follow.</summary>
    public async Task WitnessedAsync(Chain chain)
    {
        chain.TellWitnessed();
        _rideAlong!.AddWitnessed(chain);
        News(chain);
        // Losing it costs nothing but asking again: no sync.
        await _rideAlong.WriteAsync(new LedgerBatch(), sync: false);
    }

    /// <summary>Asks the witnesses for a quorum that the enclave demands.</summary>
    /// <param name="chain">The chain; one demand at a time.</param>
    /// <param name="checkpoint">What they are to cosign; durable, with the log's signature.</param>
    /// <param name="measured">The enclave's policy.</param>
    /// <param name="timeMin">The earliest time of a cosignature that counts, in seconds since 1970.</param>
    /// <returns>Signature lines that satisfy the policy.</returns>
    /// <exception cref="WitnessesUnavailableException">When there was no quorum in that time.</exception>
    /// <exception cref="OlderLedgerException">When too many have seen more than the checkpoint.</exception>
    public async Task<string> DemandAsync(
        Chain chain, SignedCheckpoint checkpoint, TlogPolicy measured, ulong timeMin, CancellationToken cancellation)
    {
        var round = chain.Witnessing!.Demand(checkpoint, measured, timeMin, _time.GetTimestamp());
        try
        {
            await using var stop = cancellation.UnsafeRegister(
                static (round, token) => ((WitnessRound)round!).Fail(new OperationCanceledException(token)), round);
            await using var late = _time.CreateTimer(
                static round => ((WitnessRound)round!).Fail(new TimeoutException()),
                round, _patience, Timeout.InfiniteTimeSpan);
            AskAll(chain);
            return await round.Demanded;
        }
        catch (TimeoutException)
        {
            throw new WitnessesUnavailableException(
                $"The enclave demands a quorum of witnesses on size {checkpoint.Size} of chain '{chain.Id}', and "
                + $"within {_patience.TotalSeconds:0} s there was none.");
        }
        finally
        {
            chain.Witnessing!.EndDemand(round);
        }
    }

    private async Task BeginRoundsAsync(RideAlong rideAlong, CancellationToken cancellation)
    {
        List<Chain> chains = [];
        while (true)
        {
            await WhenDueAsync(chains, cancellation);
            await rideAlong.SyncAsync();
            foreach (var chain in chains)
            {
                if (chain.Witnessing!.TryBegin(_time.GetTimestamp()))
                    AskAll(chain);
            }

            chains.Clear();
            var tenth = _network.Interval / 10;
            await Task.Delay(tenth < GatheringMax ? tenth : GatheringMax, _time, cancellation);
        }
    }

    /// <summary>Waits for chains whose rounds may begin, and takes them.</summary>
    private async Task WhenDueAsync(List<Chain> chains, CancellationToken cancellation)
    {
        while (true)
        {
            TaskCompletionSource news;
            var wait = Timeout.InfiniteTimeSpan;
            lock (_lock)
            {
                var now = _time.GetTimestamp();
                while (_due.TryPeek(out var chain, out var due) && due <= now)
                    chains.Add(_due.Dequeue());
                if (chains.Count > 0)
                    return;
                if (_due.TryPeek(out _, out var next))
                    wait = _time.GetElapsedTime(now, next);
                if (_news.Task.IsCompleted)
                    _news = Signal.New();
                news = _news;
            }

            await using var timer = _time.CreateTimer(
                static signal => ((TaskCompletionSource)signal!).TrySetResult(), news, wait, Timeout.InfiniteTimeSpan);
            await news.WaitAsync(cancellation);
        }
    }
}
