using System.Collections.Concurrent;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// Remembers checked tokens by the SHA-256 of their text: looking one up compares digests, so its time tells
/// nothing about a token. Bounded by two generations of half the size each; the older one goes when the
/// younger is full.
/// </summary>
internal sealed class TokenMemory(int capacity)
{
    private readonly int _generationMax = (capacity + 1) / 2;
    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<Hash, ChainToken> _young = new();
    private volatile ConcurrentDictionary<Hash, ChainToken> _old = new();
    private int _youngCount;

    public ChainToken? Find(Hash digest)
    {
        if (_young.TryGetValue(digest, out var token))
            return token;
        if (!_old.TryGetValue(digest, out token))
            return null;
        Add(digest, token);
        return token;
    }

    public void Add(Hash digest, ChainToken token)
    {
        if (capacity == 0 || !_young.TryAdd(digest, token)
            || Interlocked.Increment(ref _youngCount) < _generationMax)
            return;
        lock (_turning)
        {
            if (Volatile.Read(ref _youngCount) < _generationMax)
                return;
            _old = _young;
            _young = new ConcurrentDictionary<Hash, ChainToken>();
            Volatile.Write(ref _youngCount, 0);
        }
    }
}
