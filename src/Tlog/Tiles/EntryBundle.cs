using System.Buffers;
using System.Buffers.Binary;

namespace Sequencer.Tlog;

/// <summary>
/// Entry bundles (C2SP tlog-tiles): entries in order, each behind its length as two big-endian bytes.
/// </summary>
public static class EntryBundle
{
    /// <summary>Bytes before each entry.</summary>
    public const int PrefixSizeBytes = 2;

    /// <summary>Appends one entry.</summary>
    /// <exception cref="TlogException">With <see cref="TlogError.EntryTooLarge"/>.</exception>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> entry)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (entry.Length > Entry.MaxSizeBytes)
        {
            throw new TlogException(TlogError.EntryTooLarge,
                $"An entry is at most {Entry.MaxSizeBytes} bytes; got {entry.Length}.");
        }

        var destination = output.GetSpan(PrefixSizeBytes + entry.Length);
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)entry.Length);
        entry.CopyTo(destination[PrefixSizeBytes..]);
        output.Advance(PrefixSizeBytes + entry.Length);
    }

    /// <summary>Reads a bundle into views of its entries.</summary>
    /// <param name="bundle">The bundle's bytes.</param>
    /// <param name="count">How many entries it must hold, 1 to 256: the width in its path.</param>
    /// <exception cref="TlogException">With <see cref="TlogError.MalformedBundle"/>.</exception>
    public static ReadOnlyMemory<byte>[] Parse(ReadOnlyMemory<byte> bundle, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Tile.Width);
        var entries = new ReadOnlyMemory<byte>[count];
        var rest = bundle;
        for (var i = 0; i < count; i++)
        {
            var size = rest.Length < PrefixSizeBytes ? -1 : BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
            if (size < 0 || rest.Length - PrefixSizeBytes < size)
                throw Malformed($"it ends inside entry {i} of {count}");
            entries[i] = rest.Slice(PrefixSizeBytes, size);
            rest = rest[(PrefixSizeBytes + size)..];
        }

        return rest.IsEmpty ? entries : throw Malformed($"{rest.Length} bytes follow its {count} entries");
    }

    private static TlogException Malformed(string why) =>
        new(TlogError.MalformedBundle, $"The entry bundle is malformed: {why}.");
}
