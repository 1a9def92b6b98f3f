using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sequencer.Bench.Load;

/// <summary>
/// Waits on one thread for any of many sockets or for a moment, whichever comes first (epoll(7)). What .NET offers
/// wakes a second thread for each answer, and to wake a thread is what costs most here.
/// </summary>
internal sealed partial class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int AddSocket = 1;
    private const int HasInput = 1;
    private const int InterruptedCall = 4;
    private const long NanosPerSecond = 1_000_000_000;

    // Few at a time: so many answers are read in less time than a request may be late.
    private const int SocketsMax = 16;

    // struct epoll_event: 32 bits of flags, then 64 bits that are ours, which x86-64 alone does not align.
    private static readonly int IntsOfEvent = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 3 : 4;

    private readonly SafeFileHandle _handle = epoll_create1(CloseOnExec);
    private readonly int[] _events = new int[SocketsMax * IntsOfEvent];
    private readonly int[] _numbers = new int[SocketsMax];

    /// <summary>Waits for this socket as well, which must not block; told of by its number.</summary>
    public void Add(Socket socket, int number)
    {
        Span<int> socketEvent = stackalloc int[IntsOfEvent];
        socketEvent.Clear();
        socketEvent[0] = HasInput;
        NumberIn(socketEvent) = number;
        if (epoll_ctl(_handle, AddSocket, socket.SafeHandle, socketEvent) != 0)
            throw Failed(nameof(epoll_ctl));
    }

    /// <summary>
    /// Numbers of sockets that can be read, as soon as there are any; none when the moment of
    /// <see cref="Stopwatch"/> has come first. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<int> WaitUntil(long timestamp)
    {
        // On Linux, a Stopwatch counts nanoseconds.
        var nanos = Math.Max(0, timestamp - Stopwatch.GetTimestamp());
        var timeout = new TimeSpec(nanos / NanosPerSecond, nanos % NanosPerSecond);
        var count = epoll_pwait2(_handle, _events, SocketsMax, timeout, signals: 0);
        if (count < 0 && Marshal.GetLastPInvokeError() != InterruptedCall)
            throw Failed(nameof(epoll_pwait2));
        for (var i = 0; i < count; i++)
            _numbers[i] = NumberIn(_events.AsSpan(i * IntsOfEvent, IntsOfEvent));
        return _numbers.AsSpan(0, Math.Max(0, count));
    }

    public void Dispose() => _handle.Dispose();

    private static ref int NumberIn(Span<int> socketEvent) => ref socketEvent[^2];

    private static BenchException Failed(string call) =>
        new($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc")]
    private static partial SafeFileHandle epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(
        SafeFileHandle epoll, int operation, SafeHandle socket, ReadOnlySpan<int> socketEvent);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_pwait2(
        SafeFileHandle epoll, int[] events, int eventsMax, in TimeSpec timeout, nint signals);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
