using System.Collections.Concurrent;

namespace Sequencer.Core;

/// <summary>
/// Remembers parts of stored tiles that many readers need, which are those above the lowest level: one of level
/// 1 is in the proofs of 16,384 entries. Stored tiles never change. Bounded by two generations, of which the
/// older goes when the younger is full: at most 16 MiB. Safe for concurrent use.
/// </summary>
internal sealed class TileMemory
{
    private const int GenerationMax = 2_048;

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<TilePartId, byte[]> _young = new();
    private volatile ConcurrentDictionary<TilePartId, byte[]> _old = new();
    private int _youngCount;

    /// <summary>The part, from memory or else by reading it; what is not there is asked for again.</summary>
    public byte[]? Get(TilePartId id, Func<TilePartId, byte[]?> read)
    {
        if (_young.TryGetValue(id, out var part))
            return part;
        if (!_old.TryGetValue(id, out part))
            part = read(id);
        if (part is not null)
            Add(id, part);
        return part;
    }

    private void Add(TilePartId id, byte[] part)
    {
        if (!_young.TryAdd(id, part) || Interlocked.Increment(ref _youngCount) < GenerationMax)
            return;
        lock (_turning)
        {
            if (Volatile.Read(ref _youngCount) < GenerationMax)
                return;
            _old = _young;
            _young = new ConcurrentDictionary<TilePartId, byte[]>();
            Volatile.Write(ref _youngCount, 0);
        }
    }
}

/// <summary>Which part of which full tile of a chain.</summary>
internal readonly record struct TilePartId(ChainNumber Chain, int Level, ulong Index, int Part);
