namespace Sequencer.Core;

/// <summary>
/// Finds the time of the first cosignature that covers an entry. A record tells from which entry on which time
/// holds: one is written where the time changes, which is once a second at most, and not with every checkpoint.
/// </summary>
internal sealed class RocksTimes(RocksDatabase database)
{
    private readonly TimeMemory _known = new();

    /// <summary>The time; null when no checkpoint covers the entry.</summary>
    public ulong? Of(ChainNumber chain, ulong index) =>
        _known.Find(chain, index) ?? (Load(chain, index) is { } run ? Remember(run) : null);

    /// <summary>The size and the time that a chain's next checkpoint is compared with; no time at first.</summary>
    public static (ulong Size, ulong? Time) Last(RocksDatabase database, ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        using var cursor = database.OpenCursor();
        cursor.SeekForPrev(RocksKeys.Time(chain, ulong.MaxValue, key));
        var isThere = cursor.IsAt(RocksKeys.Prefixed('t', chain, key));
        return (SizeOf(database, chain), isThere ? RocksValues.ToUInt64(cursor.Value) : null);
    }

    private ulong Remember(TimeRun run)
    {
        _known.Add(run);
        return run.Time;
    }

    private TimeRun? Load(ChainNumber chain, ulong index)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        // Before the cursor is opened: it then has every record up to this size.
        var size = SizeOf(database, chain);
        if (index >= size)
            return null;
        using var cursor = database.OpenCursor();
        cursor.SeekForPrev(RocksKeys.Time(chain, index, key));
        if (!cursor.IsAt(RocksKeys.Prefixed('t', chain, key)))
            return null;
        var (first, time) = (RocksKeys.NumberOf(cursor.Key), RocksValues.ToUInt64(cursor.Value));
        cursor.Next();
        var isLast = !cursor.IsAt(RocksKeys.Prefixed('t', chain, key));
        return new TimeRun(chain, first, isLast ? size : RocksKeys.NumberOf(cursor.Key), time);
    }

    private static ulong SizeOf(RocksDatabase database, ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return database.Get(RocksKeys.LatestCheckpoint(chain, key)) is { } bytes
            ? RocksValues.ToCheckpoint(chain, bytes).Size
            : 0;
    }
}
