namespace Sequencer.Core;

/// <summary>Room for so many entries and bytes, that submissions take and give back. Safe for concurrent use.
/// </summary>
/// <param name="max">All of it.</param>
internal sealed class Room(Load max)
{
    private readonly Lock _lock = new();
    private Load _taken;

    /// <summary>All of it, taken or not.</summary>
    public Load Max { get; } = max;

    /// <summary>What is taken now.</summary>
    public Load Taken
    {
        get
        {
            lock (_lock)
                return _taken;
        }
    }

    /// <summary>Takes room; false, and nothing is taken, when there is not so much.</summary>
    public bool TryTake(Load load)
    {
        lock (_lock)
        {
            if (!(_taken + load).FitsIn(Max))
                return false;
            _taken += load;
            return true;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void GiveBack(Load load)
    {
        lock (_lock)
            _taken -= load;
    }
}
