using System.Globalization;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Load;

/// <summary>Runs the open-loop sender as a process and reads its result.</summary>
internal static class OpenLoop
{
    public static async Task<OpenLoopResult> RunAsync(LoadTarget target, OpenLoopPlan plan)
    {
        var before = CpuUse.Now(target);
        var output = await ChildProcess.RunAsync(
            Environment.ProcessPath!, ["send", .. plan.ToArguments()], AppContext.BaseDirectory,
            // Compiled once, before its second request: compiling again later would hold up its one thread.
            ("DOTNET_TieredCompilation", "0"));
        var cpu = CpuUse.Now(target) - before;
        var numbers = output.Split(' ').Skip(1)
            .Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToList();
        return new OpenLoopResult
        {
            Load = new LoadResult
            {
                Requests = (long)numbers[0],
                Seconds = numbers[1],
                Errors = (long)numbers[2],
                Cpu = cpu,
            },
            P50Micros = numbers[3],
            P99Micros = numbers[4],
            P999Micros = numbers[5],
        };
    }
}

/// <summary>What a run of open loop came to; latencies count from the planned time of sending.</summary>
internal sealed record OpenLoopResult
{
    public required LoadResult Load { get; init; }

    public required double P50Micros { get; init; }

    public required double P99Micros { get; init; }

    public required double P999Micros { get; init; }
}
