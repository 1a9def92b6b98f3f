using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// How consecutive entries are stored: in chunks of at most 16 KiB (one entry at least), each entry behind its
/// 2-byte big-endian length. That is the form of an entry bundle (tlog-tiles), so bundles are chunks put
/// together. No chunk crosses a multiple of 16: where nothing else ends a chunk, its last entry is known from the
/// index of any of its entries. Behind 16 entries stand their leaf hashes, so that the lower half of a proof is read
/// with its entry.
/// </summary>
internal readonly ref struct EntryChunk
{
    private const int EntriesMax = TilePart.Width;
    private const int BytesTarget = 16 * 1024;

    /// <summary>Takes a stored chunk apart.</summary>
    /// <exception cref="LedgerException">With <see cref="LedgerError.Corrupt"/>.</exception>
    public EntryChunk(ReadOnlySpan<byte> value)
    {
        var rest = value;
        while (Count < EntriesMax && TryTake(ref rest, out _))
            Count++;
        if (rest.Length != LeavesBytes(Count))
            throw Malformed();
        Entries = value[..^rest.Length];
        Leaves = rest;
    }

    /// <summary>Number of entries.</summary>
    public int Count { get; }

    /// <summary>The entries, as they stand in a bundle.</summary>
    public ReadOnlySpan<byte> Entries { get; }

    /// <summary>The entries' 16 leaf hashes; empty where there are fewer entries.</summary>
    public ReadOnlySpan<byte> Leaves { get; }

    /// <summary>The last entry of the chunk that has this entry, where that chunk is as long as can be.</summary>
    public static ulong UsualLast(ulong index) => index | (EntriesMax - 1);

    /// <summary>Number of a record's entries, from <paramref name="start"/> on, that share the next chunk.</summary>
    /// <param name="record">The entries.</param>
    /// <param name="start">Place of the chunk's first entry among them.</param>
    /// <param name="bytes">Size of the chunk.</param>
    public static int NextLength(EntriesRecord record, int start, out int bytes)
    {
        var count = 0;
        var first = record.FirstIndex + (ulong)start;
        var countMax = (int)Math.Min(UsualLast(first) - first + 1, (ulong)(record.Entries.Count - start));
        bytes = 0;
        while (count < countMax)
        {
            var length = EntryBundle.PrefixSizeBytes + record.Entries[start + count].Length;
            if (count > 0 && bytes + length > BytesTarget)
                break;
            bytes += length;
            count++;
        }

        bytes += LeavesBytes(count);
        return count;
    }

    /// <summary>Writes a chunk.</summary>
    public static void Write(EntriesRecord record, int start, int count, Span<byte> chunk)
    {
        for (var i = start; i < start + count; i++)
        {
            var entry = record.Entries[i].Span;
            BinaryPrimitives.WriteUInt16BigEndian(chunk, (ushort)entry.Length);
            entry.CopyTo(chunk[EntryBundle.PrefixSizeBytes..]);
            chunk = chunk[(EntryBundle.PrefixSizeBytes + entry.Length)..];
        }

        if (count == EntriesMax)
            MemoryMarshal.AsBytes(record.Leaves.Span.Slice(start, count)).CopyTo(chunk);
    }

    /// <summary>One entry; its position must be less than their <see cref="Count"/>.</summary>
    public ReadOnlySpan<byte> this[int position]
    {
        get
        {
            var rest = Entries;
            for (; TryTake(ref rest, out var entry); position--)
            {
                if (position == 0)
                    return entry;
            }

            throw new ArgumentOutOfRangeException(nameof(position));
        }
    }

    /// <summary>At most <paramref name="count"/> entries behind the first <paramref name="skip"/>.</summary>
    public List<ReadOnlyMemory<byte>> Take(ulong skip, ulong count)
    {
        var entries = new List<ReadOnlyMemory<byte>>();
        var rest = Entries;
        for (; count > 0 && TryTake(ref rest, out var entry); skip -= Math.Min(skip, 1))
        {
            if (skip > 0)
                continue;
            entries.Add(entry.ToArray());
            count--;
        }

        return entries;
    }

    /// <summary>
    /// What stands in a bundle of at most <paramref name="count"/> entries behind the first
    /// <paramref name="skip"/>, their lengths before them.
    /// </summary>
    /// <returns>How many entries that are.</returns>
    public ulong Slice(ulong skip, ulong count, out ReadOnlySpan<byte> part)
    {
        var chunk = Entries;
        while (skip > 0 && TryTake(ref chunk, out _))
            skip--;
        var rest = chunk;
        ulong taken = 0;
        while (taken < count && TryTake(ref rest, out _))
            taken++;
        part = chunk[..^rest.Length];
        return taken;
    }

    private static int LeavesBytes(int count) => count == EntriesMax ? TilePart.HashesBytes : 0;

    /// <summary>Takes the first entry off; false at the end.</summary>
    private static bool TryTake(scoped ref ReadOnlySpan<byte> entries, out ReadOnlySpan<byte> entry)
    {
        entry = default;
        if (entries.IsEmpty)
            return false;
        var length = entries.Length < EntryBundle.PrefixSizeBytes
            ? int.MaxValue
            : BinaryPrimitives.ReadUInt16BigEndian(entries);
        if (length > entries.Length - EntryBundle.PrefixSizeBytes)
            throw Malformed();
        entry = entries.Slice(EntryBundle.PrefixSizeBytes, length);
        entries = entries[(EntryBundle.PrefixSizeBytes + length)..];
        return true;
    }

    private static LedgerException Malformed() => new(
        LedgerError.Corrupt, "A chunk of entries in the ledger is not as long as its entries and their leaf hashes.");
}
