using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>
/// A RocksDB that can be closed beside its readers, and whose errors are those of a ledger. RocksDB itself
/// frees its memory under a reader's hands. Entries and tiles, which are far more than the cache holds, are read
/// past it.
/// </summary>
internal sealed class RocksDatabase(RocksDb database, RocksOptions options) : IAsyncDisposable
{
    // A bundle of entries of 256 bytes. From the disk one read of so much takes little longer than one of its sixteen
    // blocks; from memory it is one more copy of it.
    private const ulong ReadAheadBytes = 80 * 1024;

    private readonly UseCount _users = new();
    private readonly ReadOptions _cached = new();
    private readonly ReadOptions _uncached = new ReadOptions().SetFillCache(false);
    private readonly ReadOptions _ahead =
        new ReadOptions().SetFillCache(false).SetReadaheadSize(ReadAheadBytes);

    private readonly ColumnFamilyHandle _small = database.GetDefaultColumnFamily();

    /// <summary>Where entries are, in chunks.</summary>
    public ColumnFamilyHandle Entries { get; } = database.GetColumnFamily(RocksOptions.Entries);

    /// <summary>Where the hashes of full tiles are.</summary>
    public ColumnFamilyHandle Tiles { get; } = database.GetColumnFamily(RocksOptions.Tiles);

    /// <summary>Where the crowns of full tiles are.</summary>
    public ColumnFamilyHandle Crowns { get; } = database.GetColumnFamily(RocksOptions.Crowns);

    /// <summary>A small record; null when there is none.</summary>
    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        using var value = Find(key, _small, _cached);
        return value.IsThere ? value.Bytes.ToArray() : null;
    }

    /// <summary>The chunk of entries with this key, if it is there.</summary>
    public RocksValue FindEntries(ReadOnlySpan<byte> key) => Find(key, Entries, _uncached);

    /// <summary>The hashes of the tile with this key, if it is there.</summary>
    public RocksValue FindTile(ReadOnlySpan<byte> key) => Find(key, Tiles, _uncached);

    /// <summary>The hashes of its crown, if it is there.</summary>
    public RocksValue FindCrown(ReadOnlySpan<byte> key) => Find(key, Crowns, _uncached);

    /// <summary>A cursor over the small records as they are now; the database stays open until it is
    /// disposed.</summary>
    public RocksCursor OpenCursor() => OpenCursor(family: null, how: null);

    /// <summary>The same over the chunks of entries.</summary>
    /// <param name="readAhead">Whether a read of the disk brings those that follow.</param>
    public RocksCursor OpenEntriesCursor(bool readAhead = false) =>
        OpenCursor(Entries, readAhead ? _ahead : _uncached);

    /// <summary>Writes a batch; to be called by one thread.</summary>
    /// <exception cref="LedgerException">With <see cref="LedgerError.WriteFailed"/>.</exception>
    public void Write(WriteBatch batch, WriteOptions how)
    {
        try
        {
            database.Write(batch, how);
        }
        catch (RocksDbException exception)
        {
            throw new LedgerException(LedgerError.WriteFailed,
                $"The ledger could not be written: {exception.Message}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _users.CloseAsync();
        database.Dispose();
        // What the database was opened with lives as long as it does.
        GC.KeepAlive(options);
    }

    internal static LedgerException Unreadable(RocksDbException exception) => new(
        IsCorruption(exception) ? LedgerError.Corrupt : LedgerError.Unavailable,
        $"The ledger could not be read: {exception.Message}", exception);

    internal static bool IsCorruption(RocksDbException exception) =>
        exception.Message.StartsWith("Corruption", StringComparison.Ordinal);

    private unsafe RocksValue Find(ReadOnlySpan<byte> key, ColumnFamilyHandle family, ReadOptions how)
    {
        Enter();
        try
        {
            fixed (byte* start = key)
            {
                return new RocksValue(
                    Native.Instance.rocksdb_get_pinned_cf(
                        database.Handle, how.Handle, family.Handle, start, (nuint)key.Length),
                    _users);
            }
        }
        catch (RocksDbException exception)
        {
            _users.Leave();
            throw Unreadable(exception);
        }
    }

    private RocksCursor OpenCursor(ColumnFamilyHandle? family, ReadOptions? how)
    {
        Enter();
        return new RocksCursor(database.NewIterator(family, how), _users);
    }

    private void Enter()
    {
        if (!_users.TryEnter())
            throw new LedgerException(LedgerError.Unavailable, "The ledger was closed.");
    }
}
