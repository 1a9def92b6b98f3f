using System.Collections.Concurrent;
using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// Everybody who follows a chain: lets readers in up to the limits of <c>[feed]</c>, wakes them when a chain
/// grows and now and then for a sign of life, and cuts off those that do not take what they are sent. One
/// timer serves all. Safe for concurrent use.
/// </summary>
internal sealed partial class FeedReaders(
    FeedSettings settings, SequencerCore core, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<FeedReaders> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<(ChainId, Finality), ChainFeed> _feeds = new();
    private readonly HashSet<FeedReader> _readers = [];
    private readonly Dictionary<string, int> _clients = [];
    private uint _lastSlot;

    /// <summary>Readers at this moment.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _readers.Count;
        }
    }

    /// <summary>Readers that were cut off since the start.</summary>
    public long CutOff { get; private set; }

    public bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    public TimeProvider Time => time;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        core.Published.Published += WakeReaders;
        // Readers end their answers before the server waits for them.
        lifetime.ApplicationStopping.Register(WakeAll);
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        core.Published.Published -= WakeReaders;
        return base.StopAsync(cancellationToken);
    }

    /// <summary>Lets a reader in; whoever is let in calls <see cref="Leave"/> at the end.</summary>
    /// <returns>Why not, or null.</returns>
    public Problem? Enter(FeedReader reader)
    {
        lock (_lock)
        {
            var ofChain = CountOf(reader.Chain, Finality.Enclave) + CountOf(reader.Chain, Finality.Witnessed);
            var ofClient = _clients.GetValueOrDefault(reader.Client);
            if (Refuse(ofChain, ofClient) is { } full)
                return full;
            var feed = _feeds.GetOrAdd(
                (reader.Chain, reader.Finality), key => new ChainFeed(key.Item1, key.Item2, core));
            feed.Readers++;
            _clients[reader.Client] = ofClient + 1;
            _readers.Add(reader);
            reader.Join(feed, (int)(_lastSlot++ % ChainFeed.Slots));
            return null;
        }
    }

    public void Leave(FeedReader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
            if (--_clients[reader.Client] == 0)
                _clients.Remove(reader.Client);
            if (--_feeds[(reader.Chain, reader.Finality)].Readers == 0)
                _feeds.TryRemove((reader.Chain, reader.Finality), out _);
        }
    }

    /// <summary>Breaks off the answers of readers that have taken nothing for too long.</summary>
    public void CutOffStalled()
    {
        // Nobody waits for them while the service stops: they can go on at its successor.
        var patience = IsStopping ? TimeSpan.Zero : TimeSpan.FromSeconds(settings.WriteTimeoutSeconds);
        List<FeedReader> stalled;
        lock (_lock)
            stalled = [.. _readers.Where(reader => reader.StalledFor > patience)];
        foreach (var reader in stalled)
            CutOffUnlessGone(reader);
    }

    /// <summary>Wakes one slot after another, each once in the time between two signs of life.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var period = TimeSpan.FromSeconds(settings.KeepAliveSeconds) / ChainFeed.Slots;
        using var timer = new PeriodicTimer(period, time);
        for (var tick = 0; await timer.WaitForNextTickAsync(stoppingToken); tick++)
        {
            CutOffStalled();
            foreach (var feed in _feeds.Values)
                feed.Wake(tick % ChainFeed.Slots);
        }
    }

    private int CountOf(ChainId chain, Finality finality) =>
        _feeds.GetValueOrDefault((chain, finality))?.Readers ?? 0;

    private Problem? Refuse(int ofChain, int ofClient)
    {
        if (IsStopping)
            return new Problem(ProblemCode.Stopping, "The service is stopping.") { RetryAfter = Pause };
        if (_readers.Count >= settings.ReadersMax)
            return new Problem(ProblemCode.FeedFull,
                $"The service has {settings.ReadersMax} feed readers, its limit (feed.readers_max).")
            { RetryAfter = Pause };
        if (ofChain >= settings.ChainReadersMax)
            return new Problem(ProblemCode.FeedChainFull,
                $"The chain has {settings.ChainReadersMax} feed readers, its limit (feed.chain_readers_max).")
            { RetryAfter = Pause };
        return ofClient >= settings.ClientReadersMax
            ? new Problem(ProblemCode.FeedClientFull,
                $"This address has {settings.ClientReadersMax} feed readers, its limit "
                + "(feed.client_readers_max); end some of them.")
            { RetryAfter = Pause }
            : null;
    }

    private void WakeReaders(ChainId chain, Finality finality)
    {
        if (_feeds.TryGetValue((chain, finality), out var feed))
            feed.WakeAll();
    }

    private void WakeAll()
    {
        foreach (var feed in _feeds.Values)
            feed.WakeAll();
    }

    /// <summary>Under the lock by which readers leave: the connection of one that has left is another request's.
    /// </summary>
    private void CutOffUnlessGone(FeedReader reader)
    {
        var seconds = reader.StalledFor.TotalSeconds;
        lock (_lock)
        {
            if (!_readers.Contains(reader))
                return;
            CutOff++;
            reader.Abort();
        }

        LogCutOff(reader.Chain.Value, reader.Position, seconds);
    }

    [LoggerMessage(LogLevel.Information,
        "Cut off a reader of {Chain} at index {Position}: it took nothing for {Seconds:0.0} s")]
    private partial void LogCutOff(string chain, ulong position, double seconds);
}
