using System.Buffers.Binary;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// How consecutive entries are stored: in chunks of at most 16 KiB (one entry at least), each entry behind its
/// 2-byte big-endian length. That is the form of an entry bundle (tlog-tiles), so bundles are chunks put
/// together. No chunk crosses a multiple of 16: where nothing else ends a chunk, its last entry is known from the
/// index of any of its entries.
/// </summary>
internal static class EntryChunks
{
    private const int EntriesMax = 16;
    private const int BytesTarget = 16 * 1024;

    /// <summary>The last entry of the chunk that has this entry, where that chunk is as long as can be.</summary>
    public static ulong UsualLast(ulong index) => index | (EntriesMax - 1);

    /// <summary>Number of entries, from <paramref name="start"/> on, that share the next chunk.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="start">Place of the chunk's first entry among them.</param>
    /// <param name="firstIndex">Index of the chunk's first entry in its chain.</param>
    /// <param name="bytes">Size of the chunk.</param>
    public static int NextLength(
        IReadOnlyList<ReadOnlyMemory<byte>> entries, int start, ulong firstIndex, out int bytes)
    {
        var count = 0;
        var countMax = (int)Math.Min(UsualLast(firstIndex) - firstIndex + 1, (ulong)(entries.Count - start));
        bytes = 0;
        while (count < countMax)
        {
            var length = EntryBundle.PrefixSizeBytes + entries[start + count].Length;
            if (count > 0 && bytes + length > BytesTarget)
                break;
            bytes += length;
            count++;
        }

        return count;
    }

    /// <summary>Writes a chunk.</summary>
    public static void Write(IReadOnlyList<ReadOnlyMemory<byte>> entries, int start, int count, Span<byte> chunk)
    {
        for (var i = start; i < start + count; i++)
        {
            var entry = entries[i].Span;
            BinaryPrimitives.WriteUInt16BigEndian(chunk, (ushort)entry.Length);
            entry.CopyTo(chunk[EntryBundle.PrefixSizeBytes..]);
            chunk = chunk[(EntryBundle.PrefixSizeBytes + entry.Length)..];
        }
    }

    /// <summary>Finds one entry; false when the chunk ends before it.</summary>
    public static bool TryFind(ReadOnlySpan<byte> chunk, ulong position, out ReadOnlySpan<byte> entry)
    {
        while (TryTake(ref chunk, out entry))
        {
            if (position-- == 0)
                return true;
        }

        return false;
    }

    /// <summary>At most <paramref name="count"/> entries of a chunk behind the first <paramref name="skip"/>.</summary>
    public static List<ReadOnlyMemory<byte>> Take(ReadOnlySpan<byte> chunk, ulong skip, ulong count)
    {
        var entries = new List<ReadOnlyMemory<byte>>();
        while (count > 0 && TryTake(ref chunk, out var entry))
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }

            entries.Add(entry.ToArray());
            count--;
        }

        return entries;
    }

    /// <summary>
    /// The part of a chunk with at most <paramref name="count"/> entries behind the first
    /// <paramref name="skip"/>, their lengths before them, as it stands in a bundle.
    /// </summary>
    /// <returns>How many entries the part has.</returns>
    public static ulong Slice(ReadOnlySpan<byte> chunk, ulong skip, ulong count, out ReadOnlySpan<byte> part)
    {
        while (skip > 0 && TryTake(ref chunk, out _))
            skip--;
        var rest = chunk;
        ulong taken = 0;
        while (taken < count && TryTake(ref rest, out _))
            taken++;
        part = chunk[..(chunk.Length - rest.Length)];
        return taken;
    }

    public static ulong Count(ReadOnlySpan<byte> chunk)
    {
        ulong count = 0;
        while (TryTake(ref chunk, out _))
            count++;
        return count;
    }

    /// <summary>Takes the first entry off a chunk; false at its end.</summary>
    public static bool TryTake(scoped ref ReadOnlySpan<byte> chunk, out ReadOnlySpan<byte> entry)
    {
        entry = default;
        if (chunk.IsEmpty)
            return false;
        var length = chunk.Length < EntryBundle.PrefixSizeBytes
            ? int.MaxValue
            : BinaryPrimitives.ReadUInt16BigEndian(chunk);
        if (length > chunk.Length - EntryBundle.PrefixSizeBytes)
            throw new LedgerException(LedgerError.Corrupt, "An entry chunk of the ledger is cut short.");
        entry = chunk.Slice(EntryBundle.PrefixSizeBytes, length);
        chunk = chunk[(EntryBundle.PrefixSizeBytes + length)..];
        return true;
    }
}
