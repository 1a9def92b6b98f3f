using System.Collections.Concurrent;

namespace Sequencer.Core;

/// <summary>
/// Remembers stored tiles that many readers need, which are those above the lowest level: one of level 1 has
/// a part in the proofs of 65,536 entries. Stored tiles never change. Bounded by two generations, of which
/// the older goes when the younger is full: at most 16 MiB. Safe for concurrent use.
/// </summary>
internal sealed class TileMemory
{
    private const int GenerationMax = 512;

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<(ChainNumber, int, ulong), byte[]> _young = new();
    private volatile ConcurrentDictionary<(ChainNumber, int, ulong), byte[]> _old = new();
    private int _youngCount;

    /// <summary>The tile, from memory or else by reading it; what is not there is asked for again.</summary>
    public byte[]? Get(ChainNumber chain, int level, ulong index, Func<ChainNumber, int, ulong, byte[]?> read)
    {
        var key = (chain, level, index);
        if (_young.TryGetValue(key, out var tile))
            return tile;
        if (!_old.TryGetValue(key, out tile))
            tile = read(chain, level, index);
        if (tile is not null)
            Add(key, tile);
        return tile;
    }

    private void Add((ChainNumber, int, ulong) key, byte[] tile)
    {
        if (!_young.TryAdd(key, tile) || Interlocked.Increment(ref _youngCount) < GenerationMax)
            return;
        lock (_turning)
        {
            if (Volatile.Read(ref _youngCount) < GenerationMax)
                return;
            _old = _young;
            _young = new ConcurrentDictionary<(ChainNumber, int, ulong), byte[]>();
            Volatile.Write(ref _youngCount, 0);
        }
    }
}
