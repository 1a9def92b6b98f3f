namespace Sequencer.Core.Tests.Sim;

/// <summary>A timer of simulated time; it stays silent once its process is dead.</summary>
internal sealed class SimTimer(SimScheduler scheduler, SimProcess? owner, TimerCallback callback, object? state)
    : ITimer
{
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private bool _armed = true;

    public long Due { get; set; }

    /// <summary>Whether this is the time for which it was armed last.</summary>
    public bool IsDue(long due) => _armed && due == Due;

    public void Fire()
    {
        if (!_armed || owner is { IsAlive: false })
            return;
        _armed = _period > TimeSpan.Zero;
        if (_armed)
            scheduler.Arm(this, _period);
        callback(state);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period;
        _armed = dueTime >= TimeSpan.Zero;
        if (_armed)
            scheduler.Arm(this, dueTime);
        return true;
    }

    public void Dispose() => _armed = false;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Simulated time as one process sees it.</summary>
internal sealed class SimClock(SimScheduler scheduler, SimProcess? owner) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => scheduler.UtcNow;

    public override long GetTimestamp() => scheduler.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(scheduler, owner, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
