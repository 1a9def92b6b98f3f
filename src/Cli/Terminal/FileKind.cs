using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sequencer.Cli.Terminal;

/// <summary>Tells files from devices and pipes, which the framework does not.</summary>
internal static partial class FileKind
{
    // struct statx of Linux: the same on every processor.
    private const int StatBytes = 256;
    private const int ModeOffset = 28;
    private const int KindMask = 0xf000;
    private const int Regular = 0x8000;
    private const int CurrentFolder = -100;
    private const uint TypeWanted = 1;

    /// <summary>Whether there is something at a path, behind its links, that is no regular file.</summary>
    public static bool IsSpecial(string path)
    {
        if (!Path.Exists(path))
            return false;
        Span<byte> stat = stackalloc byte[StatBytes];
        return StatX(CurrentFolder, path, 0, TypeWanted, stat) == 0
            && (BinaryPrimitives.ReadUInt16LittleEndian(stat[ModeOffset..]) & KindMask) != Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> stat);
}
