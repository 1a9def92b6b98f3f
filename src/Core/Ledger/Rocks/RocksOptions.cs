using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>
/// How RocksDB is set up for data that is written once and never changed: memory bounded by a block cache, a few
/// write buffers and the indices of the files that are open, whatever the log's size.
/// </summary>
/// <remarks>
/// Entries, tiles and the tiles' crowns have a column family each. Their keys grow with the log, so that a file that
/// is flushed lies behind those before it and is moved down the levels as it is; together with other records it would
/// be merged, and so written, again and again. Hashes cannot be compressed; entries are if the operator wants it. A
/// file's index is kept while the file is open, so that a look-up reads one block and nothing else: some 40 KiB for
/// each file of entries.
/// </remarks>
internal sealed class RocksOptions
{
    /// <summary>Column family of the chunks of entries.</summary>
    public const string Entries = "entries";

    /// <summary>Column family of the hashes of full tiles.</summary>
    public const string Tiles = "tiles";

    /// <summary>Column family of the tiles' crowns, which are few enough to stay in the system's cache when entries do
    /// not.</summary>
    public const string Crowns = "crowns";

    /// <summary>All column families; the default one has the small records.</summary>
    public static readonly string[] Names = [ColumnFamilies.DefaultName, Entries, Tiles, Crowns];

    private const ulong BlockCacheBytes = 64UL << 20;
    private const ulong EntriesBufferBytes = 32UL << 20;
    private const ulong OtherBufferBytes = 16UL << 20;
    private const int WriteBuffersMax = 3;

    // What a start reads at most: beyond it, the oldest records in memory are flushed.
    private const ulong WriteAheadBytesMax = 96UL << 20;
    private const int OpenFilesMax = 2_048;
    private const ulong FileBytes = 128UL << 20;

    // A chunk of entries, or a tile, is a block by itself.
    private const ulong BlockBytes = 4 * 1024;

    // One whole key in so many: an index of a third of the size for a few steps more.
    private const int IndexRestartInterval = 8;
    private const int BloomBitsPerKey = 10;
    private const ulong OldLogsMax = 10;

    // A file goes to the disk piece by piece while it is written, each awaited before the next: a sync of the
    // log has at most one of them before it, and not a whole file of 32 MiB.
    private const ulong BytesPerSync = 256 * 1024;

    // And it is handed to the kernel in small pieces: while one is copied, nobody else has the processor.
    private const ulong BytesPerWrite = 64 * 1024;

    private readonly Cache _cache = Cache.CreateLru(BlockCacheBytes);

    private readonly Compression _entriesCompression;

    public RocksOptions(bool createIfMissing, LedgerCompression compression)
    {
        _entriesCompression = compression switch
        {
            LedgerCompression.None => Compression.No,
            LedgerCompression.Lz4 => Compression.Lz4,
            LedgerCompression.Zstd => Compression.Zstd,
            _ => throw new ArgumentOutOfRangeException(nameof(compression), compression, "Not a compression."),
        };
        Database = new DbOptions()
            .SetCreateIfMissing(createIfMissing)
            .SetCreateMissingColumnFamilies(createIfMissing)
            // A tail that a crash cut short is dropped: it was never acknowledged. A damaged record before it
            // is an error, where RocksDB's default would silently drop everything behind it. A log file that
            // was synced and closed must be there in its full length.
            .SetWalRecoveryMode(Recovery.TolerateCorruptedTailRecords)
            .SetMaxTotalWalSize(WriteAheadBytesMax)
            .SetMaxOpenFiles(OpenFilesMax)
            .SetBytesPerSync(BytesPerSync)
            .SetKeepLogFileNum(OldLogsMax);
        Native.Instance.rocksdb_options_set_strict_bytes_per_sync(Database.Handle, 1);
        Native.Instance.rocksdb_options_set_writable_file_max_buffer_size(Database.Handle, BytesPerWrite);
        Native.Instance.rocksdb_options_set_track_and_verify_wals_in_manifest(Database.Handle, 1);
    }

    public DbOptions Database { get; }

    /// <summary>Column families with their options.</summary>
    public ColumnFamilies FamiliesOf(IEnumerable<string> names)
    {
        var families = new ColumnFamilies();
        foreach (var name in names)
            families.Add(name, Family(name));
        return families;
    }

    private ColumnFamilyOptions Family(string name)
    {
        var table = new BlockBasedTableOptions()
            .SetBlockCache(_cache)
            .SetBlockSize(BlockBytes);
        // Who looks for a tile knows that it is there; and so it is with a chunk, but for the chain's last one.
        if (name == ColumnFamilies.DefaultName)
            table.SetFilterPolicy(BloomFilterPolicy.Create(BloomBitsPerKey, false));
        Native.Instance.rocksdb_block_based_options_set_index_block_restart_interval(
            table.Handle, IndexRestartInterval);
        return new ColumnFamilyOptions()
            .SetBlockBasedTableFactory(table)
            .SetWriteBufferSize(name == Entries ? EntriesBufferBytes : OtherBufferBytes)
            .SetMaxWriteBufferNumber(WriteBuffersMax)
            .SetTargetFileSizeBase(FileBytes)
            .SetCompression(name == Entries ? _entriesCompression : Compression.No);
    }
}
