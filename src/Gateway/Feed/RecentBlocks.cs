namespace Sequencer.Gateway;

/// <summary>
/// The blocks near a chain's end: whoever comes first has one made, the others wait for it, so that a
/// thousand readers cost one reading of the ledger. Bounded; the oldest goes first. Safe for concurrent use.
/// </summary>
internal sealed class RecentBlocks
{
    private const int Capacity = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<(ulong First, FeedForm Form), Task<FeedBlock?>> _blocks = [];
    private readonly Queue<(ulong First, FeedForm Form)> _order = new(Capacity);

    /// <summary>The block that begins at an index, which is made if there is none yet.</summary>
    /// <returns>What <paramref name="make"/> gave, which is kept unless it is null.</returns>
    public async ValueTask<FeedBlock?> GetAsync(ulong first, FeedForm form, Func<Task<FeedBlock?>> make)
    {
        var making = new TaskCompletionSource<FeedBlock?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (FindOrAdd((first, form), making.Task) is { } found)
            return await found;
        FeedBlock? block = null;
        try
        {
            return block = await make();
        }
        finally
        {
            // Before it is handed on: what failed or is not there yet must be asked for again.
            if (block is null)
                Remove((first, form));
            making.SetResult(block);
        }
    }

    private Task<FeedBlock?>? FindOrAdd((ulong, FeedForm) key, Task<FeedBlock?> making)
    {
        lock (_lock)
        {
            if (_blocks.TryGetValue(key, out var found))
                return found;
            if (_order.Count == Capacity)
                _blocks.Remove(_order.Dequeue());
            _order.Enqueue(key);
            _blocks.Add(key, making);
            return null;
        }
    }

    private void Remove((ulong, FeedForm) key)
    {
        // Its place in the order stays until its turn comes: removing it then removes nothing, or a later one
        // of the same key early.
        lock (_lock)
            _blocks.Remove(key);
    }
}
