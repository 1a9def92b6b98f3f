using System.Text;

namespace Sequencer.Eif;

/// <summary>
/// An enclave image whose every rule has been checked: layout, order, checksum and metadata. It holds slices
/// of the bytes it was read from, which must not change. A signature is parsed and checked only when asked
/// for, by <see cref="EifSignature.Read"/>.
/// </summary>
public sealed class EifFile
{
    /// <summary>The longest file that is read: 1 GiB.</summary>
    public const int MaxBytes = 1 << 30;

    internal EifFile(ushort version, uint crc, IReadOnlyList<EifSection> sections)
    {
        Version = version;
        Crc = crc;
        Sections = sections;
        Kernel = Only(EifSectionType.Kernel)!.Value;
        CommandLine = Encoding.ASCII.GetString(Only(EifSectionType.CommandLine)!.Value.Span);
        Ramdisks = sections.Where(section => section.Type == EifSectionType.Ramdisk)
            .Select(section => section.Data).ToArray();
        Metadata = Only(EifSectionType.Metadata) is { } metadata ? EifMetadata.Parse(metadata) : null;
        SignatureSection = Only(EifSectionType.Signature);
    }

    /// <summary>Format version, 3 or 4.</summary>
    public ushort Version { get; }

    /// <summary>The checksum in the header, which is that of the file.</summary>
    public uint Crc { get; }

    /// <summary>Every section, in the file's order.</summary>
    public IReadOnlyList<EifSection> Sections { get; }

    public ReadOnlyMemory<byte> Kernel { get; }

    public string CommandLine { get; }

    /// <summary>At least one; the kernel sees them as one archive, one after the other.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Ramdisks { get; }

    /// <summary>Null in an image of version 3. Nothing measures it.</summary>
    public EifMetadata? Metadata { get; }

    /// <summary>The signature section as it stands; null when the image is not signed.</summary>
    public ReadOnlyMemory<byte>? SignatureSection { get; }

    /// <exception cref="EifException">When a rule of the format does not hold.</exception>
    public static EifFile Parse(ReadOnlyMemory<byte> file) => EifParser.Parse(file);

    private ReadOnlyMemory<byte>? Only(EifSectionType type)
    {
        foreach (var section in Sections)
        {
            if (section.Type == type)
                return section.Data;
        }

        return null;
    }
}
