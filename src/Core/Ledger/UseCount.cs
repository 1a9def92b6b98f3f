namespace Sequencer.Core;

/// <summary>
/// Counts who uses a resource that must not be freed under their hands: closing waits until the last one
/// has left and lets nobody in. Safe for concurrent use.
/// </summary>
internal sealed class UseCount
{
    private readonly TaskCompletionSource _left = Signal.New();

    // The owner counts as one until it closes.
    private int _users = 1;
    private volatile bool _closing;

    /// <summary>Enters; false once it closes. Whoever entered must leave.</summary>
    public bool TryEnter()
    {
        Interlocked.Increment(ref _users);
        if (!_closing)
            return true;
        Leave();
        return false;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            _left.TrySetResult();
    }

    /// <summary>Closes and waits for the last user; to be called once.</summary>
    public Task CloseAsync()
    {
        _closing = true;
        Leave();
        return _left.Task;
    }
}
