namespace Sequencer.Core.Tests.Sim;

/// <summary>
/// A process of the simulation: the synchronization context of all its work. Killed, nothing of it runs any
/// more: what it awaited never comes, and its <c>finally</c> blocks never run, as with <c>kill -9</c>.
/// </summary>
internal sealed class SimProcess(SimScheduler scheduler, string name) : SynchronizationContext
{
    private readonly List<Action> _deaths = [];

    public string Name { get; } = name;

    public bool IsAlive { get; private set; } = true;

    public SimScheduler Scheduler { get; } = scheduler;

    /// <summary>Tells the world outside when the process dies; at once when it has.</summary>
    public void OnDeath(Action action)
    {
        if (IsAlive)
            _deaths.Add(action);
        else
            action();
    }

    public void Kill()
    {
        if (!IsAlive)
            return;
        IsAlive = false;
        _deaths.ForEach(death => death());
        _deaths.Clear();
    }

    /// <summary>Runs an activity of the process; an exception that leaves it breaks the run.</summary>
    public void Start(Func<Task> activity) => Scheduler.Post(this, async () =>
    {
        try
        {
            await activity();
        }
        catch (Exception exception)
        {
            Scheduler.Violate($"{Name}: {exception}");
        }
    });

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsAlive)
            Scheduler.Post(this, new Continuation(d, state).Run);
    }

    private sealed record Continuation(SendOrPostCallback Callback, object? State)
    {
        public void Run() => Callback(State);

        public override string ToString() => $"{(State as Delegate)?.Target ?? State}";
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public override SynchronizationContext CreateCopy() => this;
}
