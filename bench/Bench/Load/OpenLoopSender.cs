using System.Diagnostics;
using System.Globalization;

namespace Sequencer.Bench.Load;

/// <summary>The open-loop sender: a process of its own (<c>sequencer-bench send …</c>).</summary>
internal static class OpenLoopSender
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(300);

    /// <summary>Sends as planned and prints one line of <see cref="OpenLoopResult"/>.</summary>
    public static int Run(OpenLoopPlan plan)
    {
        var start = Stopwatch.GetTimestamp() + (long)(HeadStart.TotalSeconds * Stopwatch.Frequency);
        var connections = Enumerable.Range(0, plan.Connections)
            .Select(number => new OpenLoopConnection(plan, number, start)).ToList();
        var threads = connections.ConvertAll(connection => new Thread(connection.Run, maxStackSize: 256 * 1024));
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (plan.SampleFile.Length > 0)
        {
            File.WriteAllLines(plan.SampleFile, connections.SelectMany(connection => connection.Sample)
                .SelectMany(pair => new[] { pair.Entry, pair.Answer }));
        }

        var micros = connections.SelectMany(connection => connection.Micros).Order().ToArray();
        var errors = connections.Sum(connection => connection.Errors);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"RESULT {micros.Length} {seconds:R} {errors} {At(micros, .5):R} {At(micros, .99):R} {At(micros, .999):R}"));
        return 0;
    }

    private static double At(double[] sorted, double quantile) =>
        sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))];
}
