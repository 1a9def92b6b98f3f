using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sequencer.Hashing;

/// <summary>
/// What one thread lays out for its lanes, made once: cleared no more, and where vectors are whole cache lines,
/// which is worth a fifth of the time. Owned by its thread, which is done with it before it waits for anything.
/// </summary>
internal sealed class LaneMemory
{
    /// <summary>Longest padded message that goes into a lane.</summary>
    public const int MessageBytesMax = 1024;

    /// <summary>Most lanes that there are.</summary>
    public const int LanesMax = 16;

    private const int Rounds = 64;
    private const int LineBytes = 64;
    private const int MessagesBytes = LanesMax * MessageBytesMax;
    private const int ScheduleBytes = Rounds * LanesMax * sizeof(uint);

    [ThreadStatic]
    private static LaneMemory? _ofThread;

    private readonly byte[] _bytes =
        GC.AllocateArray<byte>(MessagesBytes + ScheduleBytes + LineBytes, pinned: true);

    private readonly int _start;

    private LaneMemory()
    {
        var address = Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);
        _start = (int)(-address & (LineBytes - 1));
    }

    public static LaneMemory OfThread => _ofThread ??= new();

    /// <summary>Room for the padded messages, one behind the other.</summary>
    public Span<byte> Messages => _bytes.AsSpan(_start, MessagesBytes);

    /// <summary>The message schedule (FIPS 180-4, section 6.2.2): a vector for each round.</summary>
    public Span<TLanes> Schedule<TLanes>()
        where TLanes : unmanaged, ILanes<TLanes> =>
        MemoryMarshal.Cast<byte, TLanes>(_bytes.AsSpan(_start + MessagesBytes, Rounds * Unsafe.SizeOf<TLanes>()));
}
