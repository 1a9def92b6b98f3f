using System.Buffers.Binary;

namespace Sequencer.Eif;

/// <summary>
/// Reads an image strictly: whatever the format does not say may be there is refused. No length is believed
/// before it has been compared with the bytes that are there, and no memory is taken for one.
/// </summary>
internal static class EifParser
{
    /// <summary>Signature sections are at most this long (AWS's specification).</summary>
    public const int SignatureBytesMax = 32_768;

    private const ushort Aarch64Flag = 1;
    private const int CommandLineBytesMax = 2_047;

    public static EifFile Parse(ReadOnlyMemory<byte> file)
    {
        if (file.Length < EifFormat.HeaderBytes)
        {
            throw Refused(
                EifError.Truncated,
                $"The file has {file.Length} bytes; an image's header alone has {EifFormat.HeaderBytes}.");
        }

        if (file.Length > EifFile.MaxBytes)
        {
            throw Refused(
                EifError.TooLarge,
                $"The file has {file.Length} bytes; images of at most {EifFile.MaxBytes} are read.");
        }

        var version = CheckFixedFields(file.Span);
        var sections = ReadSections(file);
        CheckSections(version, sections);
        var claimed = BinaryPrimitives.ReadUInt32BigEndian(file.Span[EifFormat.CrcAt..]);
        var actual = EifFormat.Checksum(file.Span);
        if (claimed != actual)
        {
            throw Refused(
                EifError.CrcMismatch,
                $"The checksum in the header is {claimed:x8}, that of the file {actual:x8}: it is damaged.");
        }

        return new EifFile(version, claimed, sections);
    }

    /// <summary>What the kernel takes, with room for the words that the hypervisor appends to it.</summary>
    public static void CheckCommandLine(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > CommandLineBytesMax)
        {
            throw Refused(
                EifError.BadCommandLine,
                $"The command line has {text.Length} bytes; 1 to {CommandLineBytesMax} are expected.");
        }

        if (text.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            throw Refused(EifError.BadCommandLine, "The command line holds more than printable ASCII.");
    }

    private static ushort CheckFixedFields(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith(EifFormat.Magic))
            throw Refused(EifError.BadMagic, "The file does not begin with '.eif': it is no enclave image.");
        var version = BinaryPrimitives.ReadUInt16BigEndian(header[EifFormat.VersionAt..]);
        if (version is not (3 or 4))
        {
            throw Refused(
                EifError.UnsupportedVersion, $"The image is of format version {version}; 3 and 4 are read.");
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(header[EifFormat.FlagsAt..]);
        if (flags == Aarch64Flag)
            throw Refused(EifError.UnsupportedArchitecture, "The image is for aarch64; x86_64 is expected.");
        var reserved = BinaryPrimitives.ReadUInt16BigEndian(header[EifFormat.ReservedAt..]);
        var unused = BinaryPrimitives.ReadUInt32BigEndian(header[EifFormat.UnusedAt..]);
        if (flags != 0 || reserved != 0 || unused != 0)
        {
            throw Refused(
                EifError.ReservedNotZero,
                $"Flags {flags:x4}, reserved {reserved:x4} and unused {unused:x8} in the header must be 0.");
        }

        return version;
    }

    private static EifSection[] ReadSections(ReadOnlyMemory<byte> file)
    {
        var header = file.Span[..EifFormat.HeaderBytes];
        var count = BinaryPrimitives.ReadUInt16BigEndian(header[EifFormat.SectionCountAt..]);
        if (count is < 3 or > EifFormat.SectionsMax)
        {
            throw Refused(
                EifError.BadSectionCount,
                $"The header counts {count} sections; 3 to {EifFormat.SectionsMax} are expected.");
        }

        for (var unused = (int)count; unused < EifFormat.SectionsMax; unused++)
        {
            if (EifFormat.OffsetOf(header, unused) != 0 || EifFormat.SizeOf(header, unused) != 0)
            {
                throw Refused(
                    EifError.ReservedNotZero,
                    $"Entry {unused} of the section table is beyond the {count} sections and must be zero.");
            }
        }

        var sections = new EifSection[count];
        var at = EifFormat.HeaderBytes;
        for (var i = 0; i < count; i++)
        {
            sections[i] = ReadSection(file, i, at);
            at += EifFormat.SectionHeaderBytes + sections[i].Data.Length;
        }

        return at == file.Length
            ? sections
            : throw Refused(EifError.TrailingBytes, $"{file.Length - at} bytes follow the last section.");
    }

    private static EifSection ReadSection(ReadOnlyMemory<byte> file, int index, int at)
    {
        var offset = EifFormat.OffsetOf(file.Span, index);
        if (offset != (ulong)at)
        {
            throw Refused(
                EifError.BadSectionOffset,
                $"Section {index} is said to begin at byte {offset}; the one before it ends at {at}.");
        }

        var left = file.Length - at - EifFormat.SectionHeaderBytes;
        if (left < 0)
            throw Refused(EifError.Truncated, $"The file ends inside the header of section {index}.");
        var header = file.Span[at..];
        var type = BinaryPrimitives.ReadUInt16BigEndian(header);
        var flags = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        var size = BinaryPrimitives.ReadUInt64BigEndian(header[4..]);
        var tabled = EifFormat.SizeOf(file.Span, index);
        if (size != tabled)
        {
            throw Refused(
                EifError.SectionSizeMismatch,
                $"Section {index} gives itself {size} bytes; the table in the file's header {tabled}.");
        }

        if (flags != 0)
            throw Refused(EifError.ReservedNotZero, $"The flags of section {index} are {flags:x4}, not 0.");
        if (type is 0 or > (ushort)EifSectionType.Metadata)
            throw Refused(EifError.UnknownSectionType, $"Section {index} has the type {type}, not 1 to 5.");
        if (size > (ulong)left)
        {
            throw Refused(
                EifError.Truncated, $"Section {index} claims {size} bytes; the file has {left} more.");
        }

        return new((EifSectionType)type, file.Slice(at + EifFormat.SectionHeaderBytes, (int)size));
    }

    private static void CheckSections(ushort version, EifSection[] sections)
    {
        foreach (var type in Enum.GetValues<EifSectionType>())
        {
            var count = sections.Count(section => section.Type == type);
            if (count > 1 && type != EifSectionType.Ramdisk)
                throw Refused(EifError.DuplicateSection, $"The image has {count} {type} sections, not one.");
            var optional = type == EifSectionType.Signature
                || (type == EifSectionType.Metadata && version < 4);
            if (count == 0 && !optional)
                throw Refused(EifError.MissingSection, $"The image has no {type} section.");
            if (count > 0 && type == EifSectionType.Metadata && version < 4)
                throw Refused(EifError.SectionNotInVersion, "An image of version 3 has no metadata section.");
        }

        var signature = Array.FindIndex(sections, section => section.Type == EifSectionType.Signature);
        if (sections[0].Type != EifSectionType.Kernel || sections[1].Type != EifSectionType.CommandLine
            || (signature >= 0 && signature != sections.Length - 1))
        {
            throw Refused(
                EifError.WrongSectionOrder,
                "The sections are " + string.Join(", ", sections.Select(section => section.Type))
                + "; expected: Kernel, CommandLine, then metadata and ramdisks, and Signature last.");
        }

        CheckCommandLine(sections[1].Data.Span);
        if (signature >= 0 && sections[signature].Data.Length > SignatureBytesMax)
        {
            throw Refused(
                EifError.TooLarge,
                $"The signature section has {sections[signature].Data.Length} bytes; "
                + $"{SignatureBytesMax} at most.");
        }
    }

    private static EifException Refused(EifError error, string message) => new(error, message);
}
