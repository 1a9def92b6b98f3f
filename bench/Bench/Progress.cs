using System.Diagnostics;
using System.Globalization;

namespace Sequencer.Bench;

/// <summary>Says what the benchmark is doing, with the time since it began.</summary>
internal static class Progress
{
    private static readonly long Started = Stopwatch.GetTimestamp();

    public static void Line(FormattableString text) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"[{Stopwatch.GetElapsedTime(Started).TotalSeconds,5:0} s] {FormattableString.Invariant(text)}"));
}
