using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>
/// A place among the keys of the database. RocksDB's own iterator says "no more" when a block cannot be
/// read; this one throws.
/// </summary>
internal sealed class RocksCursor(Iterator iterator, UseCount users) : IDisposable
{
    /// <summary>The key here; valid until the cursor moves.</summary>
    public ReadOnlySpan<byte> Key => iterator.GetKeySpan();

    /// <summary>The value here; valid until the cursor moves.</summary>
    public ReadOnlySpan<byte> Value => iterator.GetValueSpan();

    /// <summary>Goes to the first key at or after this one.</summary>
    public void Seek(ReadOnlySpan<byte> key)
    {
        iterator.Seek(key);
        Check();
    }

    /// <summary>Goes to the last key at or before this one.</summary>
    public void SeekForPrev(ReadOnlySpan<byte> key)
    {
        iterator.SeekForPrev(key);
        Check();
    }

    public void Next()
    {
        iterator.Next();
        Check();
    }

    /// <summary>Whether there is a key here and it starts so.</summary>
    public bool IsAt(ReadOnlySpan<byte> prefix) => iterator.Valid() && iterator.GetKeySpan().StartsWith(prefix);

    public void Dispose()
    {
        iterator.Dispose();
        users.Leave();
    }

    private void Check()
    {
        if (iterator.Valid())
            return;
        try
        {
            Native.Instance.rocksdb_iter_get_error(iterator.Handle);
        }
        catch (RocksDbException exception)
        {
            throw RocksDatabase.Unreadable(exception);
        }
    }
}
