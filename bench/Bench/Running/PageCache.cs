using System.Diagnostics;
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

    // A machine with a great deal of memory is measured with a part of it free.
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(1);

    /// <summary>Reads a file that is all hole, and so takes no room on the disk; it must be kept as long as its pages
    /// are wanted.</summary>
    /// <param name="path">The file to make.</param>
    /// <returns>Bytes read within a minute; 0 where the system does not tell what is free.</returns>
    public static long Fill(string path)
    {
        var started = Stopwatch.GetTimestamp();
        var bytes = FreeBytes();
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, bytes);
        var readers = Environment.ProcessorCount;
        long filled = 0;
        Parallel.For(0, readers, reader => Interlocked.Add(
            ref filled, Read(file, bytes / readers * reader, bytes / readers * (reader + 1), started)));
        return filled;
    }

    private static long Read(SafeFileHandle file, long from, long to, long started)
    {
        var block = new byte[BlockBytes];
        var at = from;
        while (at < to && Stopwatch.GetElapsedTime(started) < TimeMax
            && RandomAccess.Read(file, block.AsSpan(0, (int)Math.Min(BlockBytes, to - at)), at) is var read and > 0)
            at += read;
        return at - from;
    }

    private static long FreeBytes()
    {
        if (!File.Exists(MemoryFile))
            return 0;
        var line = File.ReadLines(MemoryFile).First(line => line.StartsWith("MemFree:", StringComparison.Ordinal));
        return 1024 * long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
