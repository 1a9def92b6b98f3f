using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sequencer.Bench.Running;

/// <summary>
/// Fills what memory is free with the system's cache of files, as it is on a server that has been at work for a day.
/// On a virtual machine whose host takes free memory back, the first use of a page waits for the host: whatever
/// writes much, RocksDB alone like the gateway, would be measured by that.
/// </summary>
internal static class PageCache
{
    private const string MemoryFile = "/proc/meminfo";
    private const int BlockBytes = 1 << 20;

    /// <summary>Reads a file that is all hole, and so takes no room on the disk; it must be kept as long as its pages
    /// are wanted.</summary>
    /// <param name="path">The file to make.</param>
    /// <returns>Bytes read; 0 where the system does not tell what is free.</returns>
    public static long Fill(string path)
    {
        var bytes = FreeBytes();
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, bytes);
        var readers = Environment.ProcessorCount;
        Parallel.For(0, readers, reader => Read(file, bytes / readers * reader, bytes / readers * (reader + 1)));
        return bytes;
    }

    private static void Read(SafeFileHandle file, long from, long to)
    {
        var block = new byte[BlockBytes];
        while (from < to && RandomAccess.Read(file, block, from) is var read and > 0)
            from += read;
    }

    private static long FreeBytes()
    {
        if (!File.Exists(MemoryFile))
            return 0;
        var line = File.ReadLines(MemoryFile).First(line => line.StartsWith("MemFree:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
