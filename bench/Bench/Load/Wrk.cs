using System.Globalization;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Load;

/// <summary>Closed loop by Debian's wrk: each connection sends when it has its answer, without a pause.</summary>
internal static class Wrk
{
    private const int ThreadsMax = 2;

    private static int _getRuns;

    /// <summary>Posts transactions for some seconds.</summary>
    public static Task<LoadResult> PostAsync(LoadTarget target, PostLoad load, int connections, double seconds) =>
        RunAsync(target, "Load/post.lua", load.Arguments, connections, seconds);

    /// <summary>Reads entries at random places below <paramref name="count"/>, in each run at others: those of the run
    /// before are in the system's cache.</summary>
    public static Task<LoadResult> GetAsync(
        LoadTarget target, string tokenFile, long count, int connections, double seconds)
    {
        string[] arguments =
        [
            tokenFile, count.ToString(CultureInfo.InvariantCulture),
            Interlocked.Increment(ref _getRuns).ToString(CultureInfo.InvariantCulture),
        ];
        return RunAsync(target, "Load/get.lua", arguments, connections, seconds);
    }

    /// <summary>Runs a script that stands beside this program.</summary>
    public static async Task<LoadResult> RunAsync(
        LoadTarget target, string script, IEnumerable<string> arguments, int connections, double seconds)
    {
        string[] options =
        [
            "--threads", Math.Min(ThreadsMax, connections).ToString(CultureInfo.InvariantCulture),
            "--connections", connections.ToString(CultureInfo.InvariantCulture),
            "--duration", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(seconds))}s"),
            "--timeout", "30s", "--script", Programs.Beside(script), target.Address.ToString(), "--",
        ];
        var before = CpuUse.Now(target);
        var output = await ChildProcess.RunAsync("wrk", [.. options, .. arguments], AppContext.BaseDirectory);
        return Read(output, CpuUse.Now(target) - before);
    }

    /// <summary>
    /// Reads the script's last line: requests, microseconds, bad answers, failed connections, p50, p99.
    /// </summary>
    private static LoadResult Read(string output, CpuUse cpu)
    {
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith("RESULT ", StringComparison.Ordinal))
            ?? throw new BenchException($"wrk did not tell its result: {output}");
        var fields = line.Split(' ').Skip(1).Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToList();
        return new LoadResult
        {
            Requests = fields[0],
            Seconds = fields[1] / 1e6,
            Errors = fields[2] + fields[3],
            Cpu = cpu,
            P50Micros = fields[4],
            P99Micros = fields[5],
        };
    }
}
