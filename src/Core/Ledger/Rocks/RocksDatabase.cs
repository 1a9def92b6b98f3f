using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>
/// A RocksDB that can be closed beside its readers, and whose errors are those of a ledger. RocksDB itself
/// frees its memory under a reader's hands. Entries and tiles, which are far more than the cache holds, are read
/// past it.
/// </summary>
internal sealed class RocksDatabase(RocksDb database, RocksOptions options) : IAsyncDisposable
{
    private readonly UseCount _users = new();
    private readonly ReadOptions _cached = new();
    private readonly ReadOptions _uncached = new ReadOptions().SetFillCache(false);

    private readonly ColumnFamilyHandle _small = database.GetDefaultColumnFamily();

    /// <summary>Where entries are, in chunks.</summary>
    public ColumnFamilyHandle Entries { get; } = database.GetColumnFamily(RocksOptions.Entries);

    /// <summary>Where the parts of full tiles are.</summary>
    public ColumnFamilyHandle Tiles { get; } = database.GetColumnFamily(RocksOptions.Tiles);

    /// <summary>A small record; null when there is none.</summary>
    public byte[]? Get(ReadOnlySpan<byte> key) => Get(key, WholeValue.Copy, _small, _cached);

    /// <summary>What is taken out of a chunk of entries; null when there is no such chunk.</summary>
    public byte[]? GetEntries(ReadOnlySpan<byte> key, ISpanDeserializer<byte[]?> taker) =>
        Get(key, taker, Entries, _uncached);

    /// <summary>A part of a tile; null when there is none.</summary>
    public byte[]? GetTilePart(ReadOnlySpan<byte> key) => Get(key, WholeValue.Copy, Tiles, _uncached);

    /// <summary>A cursor over the small records as they are now; the database stays open until it is
    /// disposed.</summary>
    public RocksCursor OpenCursor() => OpenCursor(family: null, how: null);

    /// <summary>The same over the chunks of entries.</summary>
    public RocksCursor OpenEntriesCursor() => OpenCursor(Entries, _uncached);

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
        options.Dispose();
    }

    internal static LedgerException Unreadable(RocksDbException exception) => new(
        IsCorruption(exception) ? LedgerError.Corrupt : LedgerError.Unavailable,
        $"The ledger could not be read: {exception.Message}", exception);

    internal static bool IsCorruption(RocksDbException exception) =>
        exception.Message.StartsWith("Corruption", StringComparison.Ordinal);

    /// <summary>
    /// Looks at the value where RocksDB has it: its other calls return a copy of the whole block, to be freed.
    /// </summary>
    private unsafe byte[]? Get(
        ReadOnlySpan<byte> key, ISpanDeserializer<byte[]?> taker, ColumnFamilyHandle family, ReadOptions how)
    {
        Enter();
        try
        {
            nint value;
            fixed (byte* start = key)
            {
                value = Native.Instance.rocksdb_get_pinned_cf(
                    database.Handle, how.Handle, family.Handle, start, (nuint)key.Length);
            }

            return value == 0 ? null : Take(value, taker);
        }
        catch (RocksDbException exception)
        {
            throw Unreadable(exception);
        }
        finally
        {
            _users.Leave();
        }
    }

    private static unsafe byte[]? Take(nint value, ISpanDeserializer<byte[]?> taker)
    {
        try
        {
            var bytes = Native.Instance.rocksdb_pinnableslice_value(value, out var length);
            return taker.Deserialize(new ReadOnlySpan<byte>((void*)bytes, (int)length));
        }
        finally
        {
            Native.Instance.rocksdb_pinnableslice_destroy(value);
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

    private sealed class WholeValue : ISpanDeserializer<byte[]?>
    {
        public static WholeValue Copy { get; } = new();

        public byte[]? Deserialize(ReadOnlySpan<byte> buffer)
        {
            // Not cleared first: all of it is written.
            var copy = GC.AllocateUninitializedArray<byte>(buffer.Length);
            buffer.CopyTo(copy);
            return copy;
        }
    }
}
