using System.Globalization;
using Sequencer.Bench.Load;
using Sequencer.Bench.Report;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Figures;

/// <summary>The same on logs that are old and large, each against itself when it was empty.</summary>
internal static class SizeFigures
{
    public const string Chain = "large";

    private const int GetConnections = 64;

    /// <summary>The larger of the two numbers that the rate itself is measured with: both servers do best so.</summary>
    private const int PostConnections = 256;

    /// <summary>Fills one chain step by step and measures at each size.</summary>
    /// <returns>The number of entries at the end.</returns>
    public static async Task<long> MeasureAsync(Stage stage)
    {
        var single = new PostLoad { TokenFile = stage.TokenFile(Chain, Chain) };
        var batch = single with { Entries = 1_000 };
        await Filler.CreateChainsAsync(stage.Service, [Chain]);
        await Wrk.PostAsync(LoadTarget.Of(stage.Service), single, GetConnections, stage.Scope.WarmUpSeconds);
        var emptySingle = await SingleFigures.CompareAsync(stage, single, PostConnections);
        var emptyBatch = await BatchFigures.RunAsync(stage, batch);
        long size = await SizeAsync(stage);
        foreach (var goal in stage.Scope.Sizes)
        {
            if (goal > size)
            {
                var rate = await Filler.FillAsync(stage.Service, Chain, goal - size);
                Progress.Line($"{goal:#,0} entries, filled at {rate:#,0}/s");
            }

            var singles = await SingleFigures.CompareAsync(stage, single, PostConnections);
            stage.Add(Against($"POST /sequence at {Named(goal)} entries", singles, emptySingle));
            var batches = await BatchFigures.RunAsync(stage, batch);
            stage.Add(AgainstEmpty($"batches of 1,000 at {Named(goal)} entries", batches, emptyBatch, batch.Entries));
            size = await SizeAsync(stage);
            await MeasureGetAsync(stage, size, goal);
        }

        return size;
    }

    private static async Task MeasureGetAsync(Stage stage, long size, long goal)
    {
        var tokens = stage.TokenFile(Chain, Chain);
        await stage.Bare.AnswerWithAsync(await AnswerLength.OfGetAsync(stage.Service, Chain, size / 3));
        Task<LoadResult> Load(LoadTarget target, int connections, double seconds) =>
            Wrk.GetAsync(target, tokens, size, connections, seconds);
        await Load(LoadTarget.Of(stage.Service), GetConnections, stage.Scope.WarmUpSeconds / 2);
        var reads = await Comparison.RunAsync(stage, stage.Scope.LoadSeconds, [GetConnections], Load);
        stage.Add(new Figure
        {
            Name = $"GET /sequence/{{idx}} at random over {Named(goal)} entries",
            Value = reads.Gateway.PerSecond,
            Unit = "requests/s",
            LimitName = "bare Kestrel",
            Limit = reads.Bare.PerSecond,
            Goal = .50,
            Note = reads.Note,
        });
    }

    /// <summary>The ratio to bare Kestrel now, against that ratio when the log was empty.</summary>
    private static Figure Against(string name, Comparison now, Comparison empty) => new()
    {
        Name = name,
        Value = now.Gateway.PerSecond / now.Bare.PerSecond,
        Unit = "of bare",
        LimitName = "the same ratio at 0 entries",
        Limit = empty.Gateway.PerSecond / empty.Bare.PerSecond,
        Goal = .90,
        Note = string.Create(CultureInfo.InvariantCulture,
            $"{now.Gateway.PerSecond:0} requests/s, bare {now.Bare.PerSecond:0}; {now.Note}"),
    };

    private static Figure AgainstEmpty(string name, LoadResult now, LoadResult empty, int entries) => new()
    {
        Name = name,
        Value = now.PerSecond * entries,
        Unit = "entries/s",
        LimitName = "the same at 0 entries",
        Limit = empty.PerSecond * entries,
        Goal = .90,
        Note = string.Create(CultureInfo.InvariantCulture,
            $"gateway {now.ServerMicros / entries:0.00} µs an entry, {empty.ServerMicros / entries:0.00} at 0"),
    };

    private static async Task<long> SizeAsync(Stage stage) => await ChainSize.ReadAsync(stage.Service, Chain);

    private static string Named(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
