using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>
/// How RocksDB is set up for data that is written once and never changed: memory bounded by a block cache
/// and a few write buffers, whatever the log's size.
/// </summary>
/// <remarks>
/// Entries and tiles have a column family each. Their keys grow with the log, so that a file that is flushed lies
/// behind those before it and is moved down the levels as it is; together with other records it would be merged,
/// and so written, again and again. Nothing is compressed: hashes cannot be, and most entries are hashes, encrypted
/// or short.
/// </remarks>
internal sealed class RocksOptions : IDisposable
{
    /// <summary>Column family of the chunks of entries.</summary>
    public const string Entries = "entries";

    /// <summary>Column family of the parts of full tiles.</summary>
    public const string Tiles = "tiles";

    /// <summary>All column families; the default one has the small records.</summary>
    public static readonly string[] Names = [ColumnFamilies.DefaultName, Entries, Tiles];

    private const ulong BlockCacheBytes = 64UL << 20;

    // Shards far larger than the index of any file: what is larger than its shard is never kept.
    private const int BlockCacheShardBits = 2;
    private const ulong EntriesBufferBytes = 32UL << 20;
    private const ulong OtherBufferBytes = 16UL << 20;
    private const int WriteBuffersMax = 3;

    // What a start reads at most: beyond it, the oldest records in memory are flushed.
    private const ulong WriteAheadBytesMax = 96UL << 20;
    private const int OpenFilesMax = 512;
    private const ulong FileBytes = 128UL << 20;

    // A chunk of entries, or a part of a tile, is a block by itself.
    private const ulong BlockBytes = 4 * 1024;
    private const int BloomBitsPerKey = 10;
    private const ulong OldLogsMax = 10;

    private readonly nint _cache;

    public RocksOptions(bool createIfMissing)
    {
        var native = Native.Instance;
        var cache = native.rocksdb_lru_cache_options_create();
        native.rocksdb_lru_cache_options_set_capacity(cache, (nuint)BlockCacheBytes);
        native.rocksdb_lru_cache_options_set_num_shard_bits(cache, BlockCacheShardBits);
        _cache = native.rocksdb_cache_create_lru_opts(cache);
        native.rocksdb_lru_cache_options_destroy(cache);

        Database = new DbOptions()
            .SetCreateIfMissing(createIfMissing)
            .SetCreateMissingColumnFamilies(createIfMissing)
            // A tail that a crash cut short is dropped: it was never acknowledged. A damaged record before it
            // is an error, where RocksDB's default would silently drop everything behind it. A log file that
            // was synced and closed must be there in its full length.
            .SetWalRecoveryMode(Recovery.TolerateCorruptedTailRecords)
            .SetMaxTotalWalSize(WriteAheadBytesMax)
            .SetMaxOpenFiles(OpenFilesMax)
            .SetKeepLogFileNum(OldLogsMax);
        native.rocksdb_options_set_track_and_verify_wals_in_manifest(Database.Handle, 1);
    }

    public DbOptions Database { get; }

    /// <summary>Column families with their options.</summary>
    public ColumnFamilies FamiliesOf(IEnumerable<string> names)
    {
        var families = new ColumnFamilies();
        foreach (var name in names)
            families.Add(name, Family(name == Entries ? EntriesBufferBytes : OtherBufferBytes));
        return families;
    }

    public void Dispose() => Native.Instance.rocksdb_cache_destroy(_cache);

    private ColumnFamilyOptions Family(ulong bufferBytes)
    {
        var table = new BlockBasedTableOptions()
            .SetBlockSize(BlockBytes)
            // An index in parts, of which a look-up needs one, however large the log.
            .SetIndexType(BlockBasedTableIndexType.TwoLevelIndex)
            .SetCacheIndexAndFilterBlocks(true)
            .SetPinL0FilterAndIndexBlocksInCache(true)
            .SetFilterPolicy(BloomFilterPolicy.Create(BloomBitsPerKey, false));
        Native.Instance.rocksdb_block_based_options_set_block_cache(table.Handle, _cache);
        return new ColumnFamilyOptions()
            .SetBlockBasedTableFactory(table)
            .SetWriteBufferSize(bufferBytes)
            .SetMaxWriteBufferNumber(WriteBuffersMax)
            .SetTargetFileSizeBase(FileBytes)
            .SetCompression(Compression.No);
    }
}
