using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>
/// How RocksDB is set up for data that is written once and never changed: memory bounded by a block cache
/// and a few write buffers, whatever the log's size.
/// </summary>
internal sealed class RocksOptions : IDisposable
{
    private const ulong BlockCacheBytes = 64UL << 20;
    private const ulong WriteBufferBytes = 32UL << 20;
    private const int WriteBuffersMax = 3;
    private const int OpenFilesMax = 512;
    private const ulong FileBytes = 128UL << 20;
    private const ulong BlockBytes = 16 * 1024;
    private const int BloomBitsPerKey = 10;
    private const ulong OldLogsMax = 10;

    // An index that also has the first key of each block (kBinarySearchWithFirstKey of RocksDB's table.h): a seek
    // then reads a block of the one file that has what it looks for, and not one of every file that might.
    private const BlockBasedTableIndexType IndexWithFirstKeys = (BlockBasedTableIndexType)3;

    private readonly Cache _cache = Cache.CreateLru(BlockCacheBytes);

    public RocksOptions(bool createIfMissing)
    {
        var table = new BlockBasedTableOptions()
            .SetBlockCache(_cache)
            .SetBlockSize(BlockBytes)
            .SetIndexType(IndexWithFirstKeys)
            .SetCacheIndexAndFilterBlocks(true)
            .SetPinL0FilterAndIndexBlocksInCache(true)
            .SetFilterPolicy(BloomFilterPolicy.Create(BloomBitsPerKey, false));
        Database = new DbOptions()
            .SetCreateIfMissing(createIfMissing)
            // A tail that a crash cut short is dropped: it was never acknowledged. A damaged record before it
            // is an error, where RocksDB's default would silently drop everything behind it. A log file that
            // was synced and closed must be there in its full length.
            .SetWalRecoveryMode(Recovery.TolerateCorruptedTailRecords)
            .SetBlockBasedTableFactory(table)
            .SetWriteBufferSize(WriteBufferBytes)
            .SetMaxWriteBufferNumber(WriteBuffersMax)
            .SetTargetFileSizeBase(FileBytes)
            .SetMaxOpenFiles(OpenFilesMax)
            .SetKeepLogFileNum(OldLogsMax)
            .SetCompression(Compression.Lz4);
        Native.Instance.rocksdb_options_set_track_and_verify_wals_in_manifest(Database.Handle, 1);
    }

    public DbOptions Database { get; }

    public void Dispose()
    {
        // The database keeps its own reference to the cache; it has been closed before this.
        GC.KeepAlive(_cache);
    }
}
