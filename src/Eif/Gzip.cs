using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Sequencer.Eif;

/// <summary>
/// Gzip (RFC 1952) without a name, a time or a mention of the system that made it. The compressed bytes
/// inside depend on the runtime's zlib, so the same .NET version is part of what makes an image reproducible.
/// </summary>
public static class Gzip
{
    public static byte[] Compress(ReadOnlySpan<byte> data)
    {
        using var output = new MemoryStream();
        // Magic, deflate, no flags, no time, "slowest algorithm", unknown system.
        output.Write([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
        using (var deflate = new DeflateStream(output, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(data);
        Span<byte> footer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, Crc32.HashToUInt32(data));
        BinaryPrimitives.WriteUInt32LittleEndian(footer[4..], (uint)data.Length);
        output.Write(footer);
        return output.ToArray();
    }
}
