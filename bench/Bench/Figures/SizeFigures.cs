using System.Globalization;
using Sequencer.Bench.Load;
using Sequencer.Bench.Report;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Figures;

/// <summary>
/// The same on logs that are old and large, each against itself when it was empty. A log of its own for each size,
/// since measuring makes it grow by millions.
/// </summary>
internal static class SizeFigures
{
    /// <summary>The chain of the largest size, which everybody may read.</summary>
    public const string Largest = "large";

    private const string Empty = "empty";
    private const int GetConnections = 64;

    /// <summary>The larger of the two numbers that the rate itself is measured with: both servers do best so.</summary>
    private const int PostConnections = 256;

    /// <summary>Fills a chain for each size and measures with it.</summary>
    /// <returns>The number of entries at the end, in all chains and in the largest.</returns>
    public static async Task<(long All, long Largest)> MeasureAsync(Stage stage)
    {
        var single = new PostLoad { TokenFile = stage.TokenFile(Empty, Empty) };
        var batch = single with { Entries = 1_000 };
        await SingleFigures.WarmUpAsync(stage, LoadTarget.Of(stage.Service), single);
        var emptySingle = await SingleFigures.CompareAsync(stage, single, PostConnections);
        await BatchFigures.WarmUpAsync(stage, batch);
        await BatchFigures.WarmUpBareAsync(stage, batch);
        var emptyBatch = await BatchFigures.CompareAsync(stage, batch);
        var (all, size) = (await ChainSize.ReadAsync(stage.Service, Empty), 0L);
        foreach (var goal in stage.Scope.Sizes)
        {
            var chain = goal == stage.Scope.Sizes[^1]
                ? Largest
                : string.Create(CultureInfo.InvariantCulture, $"size-{goal}");
            var rate = await Filler.FillAsync(stage.Service, chain, goal);
            Progress.Line($"{goal:#,0} entries, filled at {rate:#,0}/s");
            var tokens = stage.TokenFile(chain, chain);
            await MeasureGetAsync(stage, chain, tokens, goal);
            var singles = await SingleFigures.CompareAsync(
                stage, single with { TokenFile = tokens }, PostConnections);
            stage.Add(Against($"POST /sequence at {Named(goal)} entries", singles, emptySingle, "requests"));
            var batches = await BatchFigures.CompareAsync(stage, batch with { TokenFile = tokens });
            stage.Add(Against($"batches of 1,000 at {Named(goal)} entries", batches, emptyBatch, "batches"));
            size = await ChainSize.ReadAsync(stage.Service, chain);
            all += size;
        }

        return (all, size);
    }

    private static async Task MeasureGetAsync(Stage stage, string chain, string tokens, long size)
    {
        await stage.Bare.AnswerWithAsync(await AnswerLength.OfGetAsync(stage.Service, chain, size / 3));
        Task<LoadResult> Load(LoadTarget target, int connections, double seconds) =>
            Wrk.GetAsync(target, tokens, size, connections, seconds);
        // Bare Kestrel has answered hundreds of thousands of requests by now: only the handler is new to it.
        await Load(LoadTarget.Of(stage.Bare), GetConnections, stage.Scope.WarmUpStepSeconds);
        await WarmUp.RunAsync(
            stage.Scope, seconds => Load(LoadTarget.Of(stage.Service), GetConnections, seconds));
        var reads = await Comparison.RunAsync(stage, [GetConnections], Load);
        stage.Add(new Figure
        {
            Name = $"GET /sequence/{{idx}} at random over {Named(size)} entries",
            Value = reads.Gateway.PerSecond,
            Unit = "requests/s",
            LimitName = "bare Kestrel",
            Limit = reads.Bare.PerSecond,
            Goal = .50,
            Note = reads.Note,
        });
    }

    /// <summary>The ratio to bare Kestrel now, against that ratio when the log was empty.</summary>
    private static Figure Against(string name, Comparison now, Comparison empty, string what) => new()
    {
        Name = name,
        Value = now.Gateway.PerSecond / now.Bare.PerSecond,
        Unit = "of bare",
        LimitName = "the same ratio at 0 entries",
        Limit = empty.Gateway.PerSecond / empty.Bare.PerSecond,
        Goal = .90,
        Note = string.Create(CultureInfo.InvariantCulture,
            $"{now.Gateway.PerSecond:0} {what}/s, bare {now.Bare.PerSecond:0}; {now.Note}"),
    };

    private static string Named(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
