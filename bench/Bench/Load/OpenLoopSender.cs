using System.Diagnostics;
using System.Globalization;

namespace Sequencer.Bench.Load;

/// <summary>The open-loop sender: a process of its own (<c>sequencer-bench send …</c>).</summary>
internal static class OpenLoopSender
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Sends as planned and prints one line of <see cref="OpenLoopResult"/>; on standard error, how late it was.
    /// </summary>
    public static int Run(OpenLoopPlan plan)
    {
        using var run = new OpenLoopRun(plan);
        run.Run(HeadStart);
        var seconds = Stopwatch.GetElapsedTime(run.Start).TotalSeconds;
        if (plan.SampleFile.Length > 0)
            File.WriteAllLines(plan.SampleFile, run.Sample);
        run.LatencyMicros.Sort();
        run.LateMicros.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"RESULT {run.LatencyMicros.Count} {seconds:R} {run.Errors} {Quantiles(run.LatencyMicros, "R")}"));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"The sender's own lateness, p50, p99 and p99.9 in µs: {Quantiles(run.LateMicros, "0")}"));
        return 0;
    }

    private static string Quantiles(List<double> sorted, string format) => string.Join(' ',
        new[] { .5, .99, .999 }.Select(quantile => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * quantile))]
            .ToString(format, CultureInfo.InvariantCulture)));
}
