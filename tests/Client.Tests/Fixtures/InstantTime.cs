namespace Sequencer.Client.Tests.Fixtures;

/// <summary>
/// A clock on which every pause is over at once and is kept; time-outs of attempts never end.
/// </summary>
internal sealed class InstantTime : TimeProvider
{
    private static readonly TimeSpan AttemptTimeout =
        TimeSpan.FromMilliseconds(new SequencerClientOptions().AttemptTimeoutMs);

    public List<TimeSpan> Pauses { get; } = [];

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer();
        if (dueTime == AttemptTimeout || dueTime == Timeout.InfiniteTimeSpan)
            return timer;
        Pauses.Add(dueTime);
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return timer;
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
