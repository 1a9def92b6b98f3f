using System.Globalization;
using Sequencer.Bench.Load;
using Sequencer.Bench.Report;

namespace Sequencer.Bench.Figures;

/// <summary>One transaction a call, spread evenly over many chains.</summary>
internal static class ChainFigures
{
    private const int FewChains = 64;

    /// <summary>
    /// Many chains have more clients than one has, and a signature is for all that a chain has in a round. One chain
    /// gets no faster beyond the first of them.
    /// </summary>
    private static readonly int[] Connections = [256, 1024];

    /// <param name="stage">What to measure with.</param>
    /// <param name="oneChain">Load on one chain, whose rate is the limit: by turns with the many.</param>
    public static async Task MeasureAsync(Stage stage, PostLoad oneChain)
    {
        foreach (var count in new[] { FewChains, stage.Scope.Chains })
        {
            var chains = Enumerable.Range(0, count)
                .Select(number => string.Create(CultureInfo.InvariantCulture, $"c{count}-{number}")).ToList();
            await Filler.CreateChainsAsync(stage.Service, chains);
            Progress.Line($"{count} chains are open");
            var manyChains = new PostLoad { TokenFile = stage.TokenFile($"chains-{count}", chains) };
            // A client's token is checked for the first time once, and not within the figure.
            await LoadAsync(stage, manyChains, Connections[^1], stage.Scope.WarmUpStepSeconds);
            stage.Add(await CompareAsync(stage, oneChain, manyChains, count));
        }
    }

    private static async Task<Figure> CompareAsync(Stage stage, PostLoad oneChain, PostLoad manyChains, int count)
    {
        List<LoadResult> one = [];
        var many = Array.ConvertAll(Connections, _ => new List<LoadResult>());
        for (var round = 0; round < stage.Scope.Rounds; round++)
        {
            one.Add(await LoadAsync(stage, oneChain, Connections[0], stage.Scope.RoundSeconds));
            foreach (var (connections, results) in Connections.Zip(many))
                results.Add(await LoadAsync(stage, manyChains, connections, stage.Scope.RoundSeconds));
        }

        var bestOfEach = Array.ConvertAll(many, Best);
        var best = Best(bestOfEach);
        var oneChainPerSecond = Best(one).PerSecond;
        var limit = Math.Min(oneChainPerSecond, stage.Limits.SignaturesPerSecond / 2);
        return new Figure
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{count:#,0} chains, one transaction a call"),
            Value = best.PerSecond,
            Unit = "requests/s",
            LimitName = oneChainPerSecond == limit ? "one chain" : "Ed25519 ÷ 2",
            Limit = limit,
            Goal = .80,
            Note = string.Create(CultureInfo.InvariantCulture,
                $"{string.Join(", ", Connections.Zip(bestOfEach, Named))}; one chain {oneChainPerSecond:0}/s; "
                + $"gateway {best.ServerMicros:0.0} + enclave {best.EnclaveMicros:0.0} µs a request; "
                + $"sender {best.SenderShare:P0}"),
        };
    }

    private static async Task<LoadResult> LoadAsync(Stage stage, PostLoad load, int connections, double seconds) =>
        Stage.Require(await Wrk.PostAsync(LoadTarget.Of(stage.Service), load, connections, seconds), "chains");

    private static LoadResult Best(IEnumerable<LoadResult> results) => results.MaxBy(run => run.PerSecond)!;

    private static string Named(int connections, LoadResult result) => string.Create(
        CultureInfo.InvariantCulture, $"{connections} connections {result.PerSecond:0}/s");
}
