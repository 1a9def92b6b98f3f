using System.Collections.Concurrent;

namespace Sequencer.Core;

/// <summary>
/// Remembers parts of stored tiles that many readers need: a crown of level 0 is in the proofs of 256 entries, a part
/// of level 1 in those of 4,096. Stored tiles never change. Bounded by two generations, of which the older goes when
/// the younger is full: at most 100 MiB, which a log of ten million entries does not fill. Safe for concurrent use.
/// </summary>
internal sealed class TilePartMemory
{
    // A part takes about 1 KiB.
    private const int GenerationMax = 48 * 1024;

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<TilePartId, TilePart> _young = new();
    private volatile ConcurrentDictionary<TilePartId, TilePart> _old = new();
    private int _youngCount;

    /// <summary>The part, from memory or else by reading it; what is not there is asked for again.</summary>
    public TilePart? Get(TilePartId id, Func<TilePartId, TilePart?> read)
    {
        if (_young.TryGetValue(id, out var part))
            return part;
        if (!_old.TryGetValue(id, out part))
            part = read(id);
        if (part is not null)
            Add(id, part);
        return part;
    }

    private void Add(TilePartId id, TilePart part)
    {
        if (!_young.TryAdd(id, part) || Interlocked.Increment(ref _youngCount) < GenerationMax)
            return;
        lock (_turning)
        {
            if (Volatile.Read(ref _youngCount) < GenerationMax)
                return;
            _old = _young;
            _young = new ConcurrentDictionary<TilePartId, TilePart>();
            Volatile.Write(ref _youngCount, 0);
        }
    }
}
