namespace Sequencer.Core.Tests.Sim;

/// <summary>
/// One thread, one seed: of everything that could run next, the seed picks one, so that a run can be
/// repeated. Work of a process runs under that process, as its synchronization context; events from outside
/// (the network, the disk, the clock) run under none. Time moves by itself when nothing else can happen, and
/// now and then also while it can.
/// </summary>
internal sealed class SimScheduler(ulong seed)
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new((int)(seed ^ (seed >> 32)));
    private readonly List<(SimProcess? Owner, Action Work)> _ready = [];
    private readonly PriorityQueue<SimTimer, (long Due, long Order)> _timers = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _nextOrder;

    /// <summary>Ticks since the run began.</summary>
    public long Now { get; private set; }

    public DateTimeOffset UtcNow => Epoch + TimeSpan.FromTicks(Now);

    public long Steps { get; private set; }

    /// <summary>Depends on every choice that was made: two runs of one seed must agree.</summary>
    public ulong Trace { get; private set; } = 14_695_981_039_346_656_037;

    /// <summary>The first thing that must not happen and did.</summary>
    public string? Violation { get; private set; }

    public void Violate(string what) => Violation ??= what;

    public int Next(int below) => _random.Next(below);

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public void Post(SimProcess? owner, Action work)
    {
        if (Environment.CurrentManagedThreadId == _thread)
            _ready.Add((owner, work));
        else
            Violate($"{owner?.Name}: something left the scheduler's thread, so the run cannot be repeated: "
                + $"{(work.Target as Delegate)?.Target ?? work.Target}\n{Environment.StackTrace}");
    }

    /// <summary>Something from outside that happens after a while.</summary>
    public void After(TimeSpan delay, Action happens) =>
        Arm(new SimTimer(this, owner: null, _ => happens(), null), delay);

    public void Arm(SimTimer timer, TimeSpan delay)
    {
        timer.Due = Now + delay.Ticks;
        _timers.Enqueue(timer, (timer.Due, _nextOrder++));
    }

    /// <summary>Runs until a condition holds or a rule is broken.</summary>
    public void RunUntil(Func<bool> done, long stepsMax)
    {
        var before = SynchronizationContext.Current;
        try
        {
            var end = Steps + stepsMax;
            while (Violation is null && !done())
            {
                if (Steps++ == end)
                    Violate($"Nothing came to its end within {stepsMax} steps.");
                Step();
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void Step()
    {
        if (_ready.Count == 0)
            Now = Math.Max(Now, _timers.TryPeek(out _, out var next) ? next.Due : Now);
        else if (Chance(1 / 32.0))
            Now += Next(50_000);
        while (_timers.TryPeek(out var timer, out var at) && at.Due <= Now)
        {
            _timers.Dequeue();
            if (timer.IsDue(at.Due))
                _ready.Add((null, timer.Fire));
        }

        if (_ready.Count == 0)
        {
            if (_timers.Count == 0)
                Violate("Everything waits and nothing will happen.");
            return;
        }

        var pick = Next(_ready.Count);
        Trace = (Trace ^ (ulong)(pick + 1000 * _ready.Count)) * 1_099_511_628_211;
        var (owner, work) = _ready[pick];
        _ready[pick] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        if (owner is { IsAlive: false })
            return;
        SynchronizationContext.SetSynchronizationContext(owner);
        try
        {
            work();
        }
        catch (Exception exception)
        {
            Violate($"Unhandled: {exception}");
        }
    }
}
