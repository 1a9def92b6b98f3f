using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>
/// A value where RocksDB has it, until this is disposed of; RocksDB's other calls return a copy of the whole block,
/// to be freed. The database stays open as long.
/// </summary>
internal readonly ref struct RocksValue(nint value, UseCount users) : IDisposable
{
    /// <summary>Whether there is a value.</summary>
    public bool IsThere => value != 0;

    /// <summary>The value; empty where there is none.</summary>
    public unsafe ReadOnlySpan<byte> Bytes
    {
        get
        {
            if (!IsThere)
                return default;
            var start = Native.Instance.rocksdb_pinnableslice_value(value, out var length);
            return new ReadOnlySpan<byte>((void*)start, (int)length);
        }
    }

    public void Dispose()
    {
        if (IsThere)
            Native.Instance.rocksdb_pinnableslice_destroy(value);
        users.Leave();
    }
}
