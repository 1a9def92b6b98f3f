using System.Security.Cryptography;

namespace Sequencer.Eif.Tests;

/// <summary>The format's two computations once more, from its specification and sharing no code.</summary>
internal static class Independent
{
    /// <summary>CRC-32, one bit at a time, of everything but bytes 544 to 547.</summary>
    public static uint Crc(ReadOnlySpan<byte> file)
    {
        var crc = 0xffff_ffffu;
        for (var i = 0; i < file.Length; i++)
        {
            if (i is >= 544 and < 548)
                continue;
            crc ^= file[i];
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xedb8_8320u;
        }

        return ~crc;
    }

    public static byte[] Pcr(params byte[][] contents)
    {
        var register = new byte[96];
        SHA384.HashData(contents.SelectMany(content => content).ToArray()).CopyTo(register, 48);
        return SHA384.HashData(register);
    }
}
