using System.Buffers.Binary;
using System.Text;

namespace Sequencer.Eif;

/// <summary>
/// Makes an image of format version 4 with its sections in the order of AWS's builder: kernel, command line,
/// metadata, ramdisks. The same parts give the same bytes.
/// </summary>
public sealed record EifBuilder
{
    /// <summary>A bzImage; see <see cref="KernelImage"/> to check that it is one.</summary>
    public required ReadOnlyMemory<byte> Kernel { get; init; }

    /// <summary>Printable ASCII, 1 to 2,047 bytes; the hypervisor appends words of its own.</summary>
    public required string CommandLine { get; init; }

    public required EifMetadata Metadata { get; init; }

    /// <summary>1 to 29 archives (<see cref="CpioArchive"/>); PCR1 covers the first, PCR2 the rest.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Ramdisks { get; init; }

    /// <exception cref="EifException">When a part breaks a rule of the format.</exception>
    public byte[] Build()
    {
        var sections = new List<EifSection>
        {
            new(EifSectionType.Kernel, Kernel),
            new(EifSectionType.CommandLine, Encoding.UTF8.GetBytes(CommandLine)),
            new(EifSectionType.Metadata, Metadata.ToBytes()),
        };
        sections.AddRange(Ramdisks.Select(ramdisk => new EifSection(EifSectionType.Ramdisk, ramdisk)));
        return Assemble(EifFormat.CurrentVersion, sections);
    }

    /// <summary>Writes a file of these sections, then reads it back under every rule.</summary>
    internal static byte[] Assemble(ushort version, IReadOnlyList<EifSection> sections)
    {
        if (sections.Count > EifFormat.SectionsMax)
        {
            throw new EifException(
                EifError.BadSectionCount, $"{sections.Count} sections; {EifFormat.SectionsMax} at most.");
        }

        var length = EifFormat.HeaderBytes
            + sections.Sum(section => (long)EifFormat.SectionHeaderBytes + section.Data.Length);
        if (length > EifFile.MaxBytes)
        {
            throw new EifException(
                EifError.TooLarge, $"The image would have {length} bytes; {EifFile.MaxBytes} at most.");
        }

        var file = new byte[length];
        WriteFixedFields(file, version, (ushort)sections.Count);
        var at = EifFormat.HeaderBytes;
        for (var i = 0; i < sections.Count; i++)
        {
            var (type, data) = sections[i];
            WriteUInt64(file, EifFormat.OffsetsAt + 8 * i, (ulong)at);
            WriteUInt64(file, EifFormat.SizesAt + 8 * i, (ulong)data.Length);
            BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at), (ushort)type);
            WriteUInt64(file, at + 4, (ulong)data.Length);
            at += EifFormat.SectionHeaderBytes;
            data.Span.CopyTo(file.AsSpan(at));
            at += data.Length;
        }

        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(EifFormat.CrcAt), EifFormat.Checksum(file));
        EifParser.Parse(file);
        return file;
    }

    private static void WriteFixedFields(Span<byte> file, ushort version, ushort sectionCount)
    {
        EifFormat.Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt16BigEndian(file[EifFormat.VersionAt..], version);
        WriteUInt64(file, EifFormat.DefaultMemoryAt, EifFormat.DefaultMemoryBytes);
        WriteUInt64(file, EifFormat.DefaultCpusAt, EifFormat.DefaultCpus);
        BinaryPrimitives.WriteUInt16BigEndian(file[EifFormat.SectionCountAt..], sectionCount);
    }

    private static void WriteUInt64(Span<byte> file, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(file[at..], value);
}
