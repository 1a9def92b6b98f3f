using System.Buffers.Binary;
using System.IO.Hashing;

namespace Sequencer.Eif;

/// <summary>
/// The layout of an enclave image file, all of it big-endian: a header of 548 bytes, then the sections, each
/// behind a header of twelve bytes. Source: the specification in the README of AWS's
/// <c>aws-nitro-enclaves-image-format</c>.
/// </summary>
internal static class EifFormat
{
    public const ushort CurrentVersion = 4;
    public const int HeaderBytes = 548;
    public const int SectionHeaderBytes = 12;
    public const int SectionsMax = 32;

    public const int VersionAt = 4;
    public const int FlagsAt = 6;
    public const int DefaultMemoryAt = 8;
    public const int DefaultCpusAt = 16;
    public const int ReservedAt = 24;
    public const int SectionCountAt = 26;
    public const int OffsetsAt = 28;
    public const int SizesAt = 284;
    public const int UnusedAt = 540;
    public const int CrcAt = 544;

    /// <summary>What AWS's builder writes; nothing reads it.</summary>
    public const ulong DefaultMemoryBytes = 0x4000_0000;

    /// <summary>What AWS's builder writes; nothing reads it.</summary>
    public const ulong DefaultCpus = 2;

    public static ReadOnlySpan<byte> Magic => ".eif"u8;

    public static ulong OffsetOf(ReadOnlySpan<byte> header, int section) =>
        BinaryPrimitives.ReadUInt64BigEndian(header[(OffsetsAt + 8 * section)..]);

    public static ulong SizeOf(ReadOnlySpan<byte> header, int section) =>
        BinaryPrimitives.ReadUInt64BigEndian(header[(SizesAt + 8 * section)..]);

    /// <summary>CRC-32 (ISO-HDLC) of everything but the four bytes that hold it.</summary>
    public static uint Checksum(ReadOnlySpan<byte> file)
    {
        var crc = new Crc32();
        crc.Append(file[..CrcAt]);
        crc.Append(file[HeaderBytes..]);
        return crc.GetCurrentHashAsUInt32();
    }
}
