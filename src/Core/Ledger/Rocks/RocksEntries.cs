using System.Buffers;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Finds entries among the chunks of a chain (see <see cref="EntryChunk"/>). A chunk's key ends in the index
/// of its last entry, so that an entry is in the first chunk at or after its index: one look forward. To look
/// backward, RocksDB would read the block before as well.
/// </summary>
internal static class RocksEntries
{
    public static ulong Count(RocksDatabase database, ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        using var cursor = database.OpenEntriesCursor();
        cursor.SeekForPrev(RocksKeys.Entries(chain, ulong.MaxValue, key));
        return cursor.IsAt(RocksKeys.Prefixed('e', chain, key)) ? RocksKeys.NumberOf(cursor.Key) + 1 : 0;
    }

    /// <summary>
    /// Asks for the chunk by the key that it most likely has, which costs half of looking for the first key at
    /// or after the entry's.
    /// </summary>
    public static StoredEntry? Read(RocksDatabase database, ChainNumber chain, ulong index)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        var usualLast = EntryChunk.UsualLast(index);
        using (var chunk = database.FindEntries(RocksKeys.Entries(chain, usualLast, key)))
        {
            if (chunk.IsThere && Take(chunk.Bytes, chain, usualLast, index) is { } entry)
                return entry;
        }

        using var cursor = database.OpenEntriesCursor();
        return SeekChunk(cursor, chain, index)
            ? Take(cursor.Value, chain, RocksKeys.NumberOf(cursor.Key), index)
            : null;
    }

    public static IEnumerable<ReadOnlyMemory<byte>> Read(
        RocksDatabase database, ChainNumber chain, ulong first, ulong count)
    {
        using var cursor = database.OpenEntriesCursor();
        var end = EndOf(first, count);
        var found = SeekChunk(cursor, chain, first);
        for (var next = first; found && next < end; found = MoveNext(cursor, chain))
        {
            foreach (var entry in Take(next, end - next, cursor, chain))
            {
                next++;
                yield return entry;
            }
        }
    }

    /// <summary>Chunks have the form of a bundle: they are copied as they stand, whole but for the ends.</summary>
    public static void WriteBundle(
        RocksDatabase database, ChainNumber chain, ulong first, ulong count, bool readAhead,
        IBufferWriter<byte> output)
    {
        using var cursor = database.OpenEntriesCursor(readAhead);
        var end = EndOf(first, count);
        var found = SeekChunk(cursor, chain, first);
        for (var next = first; found && next < end; found = next < end && MoveNext(cursor, chain))
        {
            var chunk = new EntryChunk(cursor.Value);
            next += chunk.Slice(SkipTo(next, chunk, cursor, chain), end - next, out var part);
            output.Write(part);
        }
    }

    private static ulong EndOf(ulong first, ulong count) =>
        first + count < first ? ulong.MaxValue : first + count;

    /// <summary>How many entries of the chunk here come before an index.</summary>
    /// <exception cref="LedgerException">
    /// With <see cref="LedgerError.Corrupt"/> when the chunk begins behind it.
    /// </exception>
    private static ulong SkipTo(ulong index, EntryChunk chunk, RocksCursor cursor, ChainNumber chain)
    {
        var chunkFirst = RocksKeys.NumberOf(cursor.Key) + 1 - (ulong)chunk.Count;
        return chunkFirst <= index
            ? index - chunkFirst
            : throw new LedgerException(LedgerError.Corrupt,
                $"Entries {index} to {chunkFirst - 1} of chain number {chain.Value} are missing.");
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

    /// <summary>Copies entries out of the chunk here, from an index on.</summary>
    private static List<ReadOnlyMemory<byte>> Take(ulong first, ulong count, RocksCursor cursor, ChainNumber chain)
    {
        var chunk = new EntryChunk(cursor.Value);
        return chunk.Take(SkipTo(first, chunk, cursor, chain), count);
    }

    /// <summary>Copies one entry, with its leaf hash and those beside it, out of a chunk that ends with
    /// <paramref name="last"/>; null when it is not there.</summary>
    private static StoredEntry? Take(ReadOnlySpan<byte> value, ChainNumber chain, ulong last, ulong index)
    {
        var chunk = new EntryChunk(value);
        var first = last + 1 - (ulong)chunk.Count;
        if (first > index)
            return null;
        var id = TilePartId.Of(chain, NodePlace.Of(new NodeId(0, index)));
        return new StoredEntry(
            chunk[(int)(index - first)].ToArray(), chunk.Leaves.IsEmpty ? null : new TilePart(id, chunk.Leaves));
    }
}
