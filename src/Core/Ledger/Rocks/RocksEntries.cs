namespace Sequencer.Core;

/// <summary>Finds entries among the chunks of a chain (see <see cref="EntryChunks"/>).</summary>
internal static class RocksEntries
{
    public static ulong Count(RocksDatabase database, ChainNumber chain)
    {
        using var cursor = database.OpenCursor();
        return SeekChunk(cursor, chain, ulong.MaxValue)
            ? RocksKeys.NumberOf(cursor.Key) + EntryChunks.Count(cursor.Value)
            : 0;
    }

    public static byte[]? Read(RocksDatabase database, ChainNumber chain, ulong index)
    {
        using var cursor = database.OpenCursor();
        return SeekChunk(cursor, chain, index)
            && EntryChunks.TryFind(cursor.Value, index - RocksKeys.NumberOf(cursor.Key), out var entry)
            ? entry.ToArray()
            : null;
    }

    public static IEnumerable<ReadOnlyMemory<byte>> Read(
        RocksDatabase database, ChainNumber chain, ulong first, ulong count)
    {
        using var cursor = database.OpenCursor();
        var end = first + count < first ? ulong.MaxValue : first + count;
        var found = SeekChunk(cursor, chain, first);
        for (var next = first; found && next < end; found = MoveNext(cursor, chain))
        {
            var chunkFirst = RocksKeys.NumberOf(cursor.Key);
            if (chunkFirst > next)
            {
                throw new LedgerException(LedgerError.Corrupt,
                    $"Entries {next} to {chunkFirst - 1} of chain number {chain.Value} are missing.");
            }

            foreach (var entry in EntryChunks.Take(cursor.Value, next - chunkFirst, end - next))
            {
                next++;
                yield return entry;
            }
        }
    }

    /// <summary>Goes to the chunk that has the entry, if any has it.</summary>
    private static bool SeekChunk(RocksCursor cursor, ChainNumber chain, ulong index)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        cursor.SeekForPrev(RocksKeys.Entries(chain, index, key));
        return cursor.IsAt(RocksKeys.Prefixed('e', chain, key));
    }

    private static bool MoveNext(RocksCursor cursor, ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        cursor.Next();
        return cursor.IsAt(RocksKeys.Prefixed('e', chain, key));
    }
}
