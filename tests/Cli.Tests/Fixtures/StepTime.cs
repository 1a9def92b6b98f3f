using Sequencer.Client;
using Sequencer.Client.Tests.Fixtures;

namespace Sequencer.Cli.Tests.Fixtures;

/// <summary>
/// A clock that stands still, on which every pause is over at once, after something was done that belongs
/// there; time-outs of requests never end.
/// </summary>
internal sealed class StepTime(Action step) : TimeProvider
{
    private static readonly TimeSpan AttemptTimeout =
        TimeSpan.FromMilliseconds(new SequencerClientOptions().AttemptTimeoutMs);

    public List<TimeSpan> Pauses { get; } = [];

    public override DateTimeOffset GetUtcNow() => TestLog.Clock.GetUtcNow();

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == AttemptTimeout || dueTime == Timeout.InfiniteTimeSpan)
            return new Timer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Pauses.Add(dueTime);
        // Retries of a request pause for less than a second: these belong to no look.
        if (dueTime >= TimeSpan.FromSeconds(5))
            step();
        return new Timer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
