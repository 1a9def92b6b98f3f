using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Sequencer.Eif;

namespace Sequencer.Fuzz;

/// <summary>Enclave image files.</summary>
internal static class EifTargets
{
    private const int ChecksumAt = 544;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("eif", [MakeImage()], bytes => Describe(bytes), IsRefusal) { FixedBytesMax = 2_000_000 },
        // Past the checksum, which chance never gets right.
        new("eif-repaired", [MakeImage()], bytes => Describe(Repaired(bytes)), IsRefusal)
        {
            FixedBytesMax = 2_000_000,
        },
    ];

    private static bool IsRefusal(Exception exception) => exception is EifException;

    private static byte[] MakeImage()
    {
        var build = EifMetadata.Parse(Encoding.UTF8.GetBytes(
            """
            {"ImageName":"n","ImageVersion":"v","BuildMetadata":{"BuildTime":"1970-01-01T00:00:00Z",
            "BuildTool":"t","BuildToolVersion":"0","OperatingSystem":"o","KernelVersion":"k"},
            "DockerInfo":{},"CustomMetadata":{}}
            """));
        return new EifBuilder
        {
            Kernel = new byte[64],
            CommandLine = "console=ttyS0",
            Metadata = build,
            Ramdisks = [new byte[32], new byte[16]],
        }.Build();
    }

    private static void Describe(byte[] bytes) => EifFile.Parse(bytes);

    /// <summary>With the checksum that the format asks for: CRC-32 of all but itself.</summary>
    private static byte[] Repaired(byte[] bytes)
    {
        if (bytes.Length < ChecksumAt + 4)
            return bytes;
        var repaired = bytes.ToArray();
        var crc = new Crc32();
        crc.Append(repaired.AsSpan(0, ChecksumAt));
        crc.Append(repaired.AsSpan(ChecksumAt + 4));
        BinaryPrimitives.WriteUInt32BigEndian(repaired.AsSpan(ChecksumAt), crc.GetCurrentHashAsUInt32());
        return repaired;
    }
}
