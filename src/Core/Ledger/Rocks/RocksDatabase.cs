using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>
/// A RocksDB that can be closed beside its readers, and whose errors are those of a ledger. RocksDB itself
/// frees its memory under a reader's hands.
/// </summary>
internal sealed class RocksDatabase(RocksDb database, RocksOptions options) : IAsyncDisposable
{
    private readonly UseCount _users = new();
    private readonly ReadOptions _uncached = new ReadOptions().SetFillCache(false);

    /// <summary>A value; null when there is none.</summary>
    public byte[]? Get(ReadOnlySpan<byte> key) => Get(key, how: null);

    /// <summary>
    /// The same for what is far more than the cache holds, and would drive out of it what every reader needs,
    /// the files' indices above all.
    /// </summary>
    public byte[]? GetUncached(ReadOnlySpan<byte> key) => Get(key, _uncached);

    public bool Has(ReadOnlySpan<byte> key)
    {
        Enter();
        try
        {
            return database.HasKey(key, cf: null, readOptions: null);
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

    /// <summary>A cursor over all keys as they are now; the database stays open until it is disposed.</summary>
    public RocksCursor OpenCursor()
    {
        Enter();
        return new RocksCursor(database.NewIterator(), _users);
    }

    /// <summary>The same past the cache, as <see cref="GetUncached"/>.</summary>
    public RocksCursor OpenUncachedCursor()
    {
        Enter();
        return new RocksCursor(database.NewIterator(cf: null, readOptions: _uncached), _users);
    }

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

    private byte[]? Get(ReadOnlySpan<byte> key, ReadOptions? how)
    {
        Enter();
        try
        {
            return database.Get(key, cf: null, readOptions: how);
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

    private void Enter()
    {
        if (!_users.TryEnter())
            throw new LedgerException(LedgerError.Unavailable, "The ledger was closed.");
    }
}
