using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RocksDbSharp;

namespace Sequencer.Bench.Limits;

/// <summary>What the disk under a folder can do, alone and through RocksDB.</summary>
internal static partial class DiskLimits
{
    private const int SyncBytes = 4_096;
    private const int EntryBytes = 256;
    private const int BatchEntries = 1_000;

    /// <summary>99th percentile of appending 4 KiB and <c>fdatasync</c>, in microseconds.</summary>
    public static double SyncP99Micros(string folder, int count)
    {
        var path = Path.Combine(folder, "fdatasync");
        var block = new byte[SyncBytes];
        var micros = new double[count];
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            for (var i = 0; i < count; i++)
            {
                var started = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, block, (long)i * SyncBytes);
                if (fdatasync(file) != 0)
                    throw new BenchException($"fdatasync failed in {folder}: error {Marshal.GetLastPInvokeError()}.");
                micros[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            }
        }

        File.Delete(path);
        Array.Sort(micros);
        return micros[(int)(count * .99)];
    }

    /// <summary>
    /// Entries of 256 bytes a second into RocksDB alone: batches of 1,000 single keys, each with sync.
    /// </summary>
    public static double RocksEntriesPerSecond(string folder, double seconds)
    {
        var path = Path.Combine(folder, "rocks-alone");
        using var options = new Disposing(path);
        using var database = RocksDb.Open(new DbOptions().SetCreateIfMissing(true), path);
        var synced = new WriteOptions().SetSync(true);
        var random = new Random(5000);
        var (key, value) = (new byte[8], new byte[EntryBytes]);
        random.NextBytes(value);
        var started = Stopwatch.GetTimestamp();
        long count = 0;
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            using var batch = new WriteBatch();
            for (var i = 0; i < BatchEntries; i++)
            {
                BinaryPrimitives.WriteInt64BigEndian(key, count++);
                random.NextBytes(value.AsSpan(0, 32));
                batch.Put(key, value);
            }

            database.Write(batch, synced);
        }

        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    /// <summary>Removes a folder at the end.</summary>
    private sealed record Disposing(string Folder) : IDisposable
    {
        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
