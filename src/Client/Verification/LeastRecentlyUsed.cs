namespace Sequencer.Client;

/// <summary>A memory of at most a fixed number of values; the one longest not asked for goes first.</summary>
internal sealed class LeastRecentlyUsed<TKey, TValue>(int capacity)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];

    /// <summary>Most recently used first. Guarded, as the dictionary, by the lock.</summary>
    private readonly LinkedList<(TKey Key, TValue Value)> _order = new();

    public TValue? Find(TKey key)
    {
        lock (_lock)
        {
            if (!_nodes.TryGetValue(key, out var node))
                return null;
            if (node != _order.First)
            {
                _order.Remove(node);
                _order.AddFirst(node);
            }

            return node.Value.Value;
        }
    }

    public void Add(TKey key, TValue value)
    {
        lock (_lock)
        {
            if (_nodes.Remove(key, out var old))
                _order.Remove(old);
            else if (_nodes.Count == capacity)
                Forget(_order.Last!);
            _nodes.Add(key, _order.AddFirst((key, value)));
        }
    }

    private void Forget(LinkedListNode<(TKey Key, TValue Value)> node)
    {
        _nodes.Remove(node.Value.Key);
        _order.Remove(node);
    }
}
