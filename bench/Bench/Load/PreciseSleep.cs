using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sequencer.Bench.Load;

/// <summary>Sleeps to a moment of <see cref="Stopwatch"/> with the precision of the kernel's timers.</summary>
internal static partial class PreciseSleep
{
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>Returns at the moment, or at once when it has passed.</summary>
    public static void Until(long timestamp)
    {
        // On Linux, Stopwatch counts nanoseconds of CLOCK_MONOTONIC.
        var moment = new TimeSpec(timestamp / NanosPerSecond, timestamp % NanosPerSecond);
        while (Stopwatch.GetTimestamp() < timestamp)
        {
            // Returns early when a signal comes in: then it is called again.
            _ = clock_nanosleep(ClockMonotonic, AbsoluteTime, moment, 0);
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_nanosleep(int clock, int flags, in TimeSpec request, nint remain);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
