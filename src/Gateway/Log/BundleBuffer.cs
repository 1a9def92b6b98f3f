using System.Buffers;

namespace Sequencer.Gateway;

/// <summary>
/// What a bundle is read into. A bundle of usual entries is not counted; what a larger one needs is taken from the
/// budget before it is read on. Used by one request at a time.
/// </summary>
internal sealed class BundleBuffer(BundleBudget budget) : IBufferWriter<byte>
{
    /// <summary>Up to so many bytes are not counted.</summary>
    public const int UncountedBytesMax = 128 * 1024;

    /// <summary>As much as a bundle of entries of 256 bytes has.</summary>
    private const int BytesUsual = 72 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new(BytesUsual);
    private int _held;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    /// <summary>Bytes that it takes, written or not.</summary>
    public int Capacity => _bytes.Capacity;

    public void Advance(int count) => _bytes.Advance(count);

    /// <exception cref="BundlesFullException">When the budget has not as much.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Take(sizeHint);
        var room = _bytes.GetMemory(sizeHint);
        return room[..RoomIn(room.Length)];
    }

    /// <exception cref="BundlesFullException">When the budget has not as much.</exception>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Take(sizeHint);
        var room = _bytes.GetSpan(sizeHint);
        return room[..RoomIn(room.Length)];
    }

    /// <summary>Empties it, and gives back what it took.</summary>
    public void Clear()
    {
        _bytes.ResetWrittenCount();
        budget.GiveBack(_held);
        _held = 0;
    }

    private void Take(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_bytes.WrittenCount + needed <= UncountedBytesMax)
            return;
        // As ArrayBufferWriter grows.
        var capacity = needed <= _bytes.FreeCapacity ? Capacity : Capacity + Math.Max(needed, Capacity);
        if (capacity <= _held)
            return;
        budget.Take(capacity - _held);
        _held = capacity;
    }

    /// <summary>How much may be written before it must be counted.</summary>
    private int RoomIn(int length) =>
        _held > 0 ? length : Math.Min(length, UncountedBytesMax - _bytes.WrittenCount);
}
