namespace Sequencer.Gateway;

/// <summary>
/// Where the entries of one request are put, one behind the other in few arrays: an array for each would
/// cost the collector more than their bytes do. Used by one request; the entries are its own for good.
/// </summary>
internal sealed class EntryMemory
{
    /// <summary>Largest array that is shared; the collector moves larger ones to a heap of their own.</summary>
    private const int ArrayBytesMax = 64 * 1024;

    private byte[] _array = [];
    private int _used;

    /// <summary>
    /// How many bytes of entries are likely to come, this one included: arrays are made no larger than that.
    /// </summary>
    public long ExpectedBytes { get; set; }

    /// <summary>Room for an entry of at most so many bytes; <see cref="Take"/> keeps what was put there.
    /// </summary>
    public Span<byte> Room(int bytes)
    {
        if (bytes > _array.Length - _used)
        {
            var length = (int)Math.Max(bytes, Math.Min(ExpectedBytes, ArrayBytesMax));
            (_array, _used) = (GC.AllocateUninitializedArray<byte>(length), 0);
        }

        return _array.AsSpan(_used, bytes);
    }

    /// <summary>The entry in the first bytes of the last <see cref="Room"/>.</summary>
    public ReadOnlyMemory<byte> Take(int length)
    {
        _used += length;
        return _array.AsMemory(_used - length, length);
    }
}
