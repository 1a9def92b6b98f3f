namespace Sequencer.Core;

/// <summary>
/// Finds entries among the chunks of a chain (see <see cref="EntryChunks"/>). A chunk's key ends in the index
/// of its last entry, so that an entry is in the first chunk at or after its index: one look forward. To look
/// backward, RocksDB would read the block before as well.
/// </summary>
internal static class RocksEntries
{
    public static ulong Count(RocksDatabase database, ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        using var cursor = database.OpenCursor();
        cursor.SeekForPrev(RocksKeys.Entries(chain, ulong.MaxValue, key));
        return cursor.IsAt(RocksKeys.Prefixed('e', chain, key)) ? RocksKeys.NumberOf(cursor.Key) + 1 : 0;
    }

    public static byte[]? Read(RocksDatabase database, ChainNumber chain, ulong index)
    {
        using var cursor = database.OpenUncachedCursor();
        return SeekChunk(cursor, chain, index) && FirstOf(cursor) is var first && first <= index
            && EntryChunks.TryFind(cursor.Value, index - first, out var entry)
            ? entry.ToArray()
            : null;
    }

    public static IEnumerable<ReadOnlyMemory<byte>> Read(
        RocksDatabase database, ChainNumber chain, ulong first, ulong count)
    {
        using var cursor = database.OpenUncachedCursor();
        var end = first + count < first ? ulong.MaxValue : first + count;
        var found = SeekChunk(cursor, chain, first);
        for (var next = first; found && next < end; found = MoveNext(cursor, chain))
        {
            var chunkFirst = FirstOf(cursor);
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
        cursor.Seek(RocksKeys.Entries(chain, index, key));
        return cursor.IsAt(RocksKeys.Prefixed('e', chain, key));
    }

    private static bool MoveNext(RocksCursor cursor, ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        cursor.Next();
        return cursor.IsAt(RocksKeys.Prefixed('e', chain, key));
    }

    /// <summary>Index of the first entry of the chunk here.</summary>
    private static ulong FirstOf(RocksCursor cursor) =>
        RocksKeys.NumberOf(cursor.Key) + 1 - EntryChunks.Count(cursor.Value);
}
