using System.Globalization;
using Sequencer.Bench.Load;
using Sequencer.Bench.Report;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Figures;

/// <summary>
/// The same on logs that are old and large, each by turns with an empty log of another service. A log of its own for
/// each size, since measuring makes it grow by millions.
/// </summary>
internal static class SizeFigures
{
    /// <summary>The chain of the largest size, which everybody may read.</summary>
    public const string Largest = "large";

    private const string WarmUpChain = "warm-up";
    private const int GetConnections = 64;

    /// <summary>One transaction a call: of the numbers that the rate is measured with, both servers do best with the
    /// larger.</summary>
    private static readonly Call Single = new("POST /sequence", "requests", Entries: 1, Connections: 256);

    private static readonly Call Batch = new("batches of 1,000", "batches", Entries: 1_000, Connections: 8);

    /// <summary>Fills a chain for each size and measures with it.</summary>
    /// <param name="stage">What to measure with.</param>
    /// <param name="fresh">The same with a second service, in which every turn has a new chain.</param>
    /// <returns>The number of entries at the end, in all chains and in the largest.</returns>
    public static async Task<(long All, long Largest)> MeasureAsync(Stage stage, Stage fresh)
    {
        await Task.WhenAll(WarmUpAsync(stage), WarmUpAsync(fresh));
        await BatchFigures.WarmUpBareAsync(stage, Batch.On(stage, WarmUpChain));
        var (all, size) = (await ChainSize.ReadAsync(stage.Service, WarmUpChain), 0L);
        foreach (var goal in stage.Scope.Sizes)
        {
            var chain = goal == stage.Scope.Sizes[^1]
                ? Largest
                : string.Create(CultureInfo.InvariantCulture, $"size-{goal}");
            var rate = await Filler.FillAsync(stage.Service, chain, goal);
            Progress.Line($"{goal:#,0} entries, filled at {rate:#,0}/s");
            await MeasureGetAsync(stage, chain, stage.TokenFile(chain, chain), goal);
            foreach (var call in new[] { Single, Batch })
                stage.Add(await CompareAsync(stage, chain, goal, fresh, call));
            size = await ChainSize.ReadAsync(stage.Service, chain);
            all += size;
        }

        return (all, size);
    }

    /// <summary>Drives a service until it gets no faster.</summary>
    private static async Task WarmUpAsync(Stage stage)
    {
        await SingleFigures.WarmUpAsync(stage, LoadTarget.Of(stage.Service), Single.On(stage, WarmUpChain));
        await BatchFigures.WarmUpAsync(stage, Batch.On(stage, WarmUpChain));
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

    /// <summary>
    /// The large log's ratio to bare Kestrel against that of logs which begin empty, all four by turns.
    /// </summary>
    private static async Task<Figure> CompareAsync(Stage stage, string chain, long size, Stage fresh, Call call)
    {
        List<Comparison> large = [], empty = [];
        for (var round = 0; round < stage.Scope.SizeRounds; round++)
        {
            large.Add(await TurnAsync(stage, call, chain));
            var newChain = string.Create(CultureInfo.InvariantCulture, $"{chain}-{call.What}-{round}");
            await Filler.CreateChainsAsync(fresh.Service, [newChain]);
            empty.Add(await TurnAsync(fresh, call, newChain));
        }

        var (now, before) = (Comparison.BestOf(large), Comparison.BestOf(empty));
        var byRound = large.Zip(empty, (aged, young) => aged.Ratio / young.Ratio)
            .Select(ratio => ratio.ToString("0.00", CultureInfo.InvariantCulture));
        return new Figure
        {
            Name = $"{call.Name} at {Named(size)} entries",
            Value = now.Ratio,
            Unit = "of bare",
            LimitName = "the same ratio at 0 entries",
            Limit = before.Ratio,
            Goal = .90,
            Note = string.Create(CultureInfo.InvariantCulture,
                $"{now.Gateway.PerSecond:0} {call.What}/s, bare {now.Bare.PerSecond:0}; {now.Note}; at 0 entries "
                + $"{before.Gateway.PerSecond:0}/s, bare {before.Bare.PerSecond:0}, gateway "
                + $"{before.Gateway.ServerMicros:0.0} + enclave {before.Gateway.EnclaveMicros:0.0} µs; "
                + $"round by round {string.Join(", ", byRound)}"),
        };
    }

    private static Task<Comparison> TurnAsync(Stage stage, Call call, string chain)
    {
        var load = call.On(stage, chain);
        return Comparison.TurnAsync(stage, stage.Scope.SizeRoundSeconds,
            () => AnswerLength.OfPostAsync(stage.Service, load),
            (target, seconds) => Wrk.PostAsync(target, load, call.Connections, seconds));
    }

    private static string Named(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A way of submitting: its name, what is counted, and how it is driven.</summary>
    private sealed record Call(string Name, string What, int Entries, int Connections)
    {
        public PostLoad On(Stage stage, string chain) =>
            new() { TokenFile = stage.TokenFile(chain, chain), Entries = Entries };
    }
}
