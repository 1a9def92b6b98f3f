using System.Globalization;
using Sequencer.Bench.Load;
using Sequencer.Bench.Report;

namespace Sequencer.Bench.Figures;

/// <summary>One transaction a call, spread evenly over many chains.</summary>
internal static class ChainFigures
{
    private const int FewChains = 64;

    /// <summary>
    /// Many chains have more clients than one has, and a signature is for all that a chain has in a round. One chain gets
    /// no faster beyond the first of them.
    /// </summary>
    private static readonly int[] Connections = [256, 1024];

    /// <param name="stage">What to measure with.</param>
    /// <param name="oneChainPerSecond">Requests a second on one chain, in the same run.</param>
    public static async Task MeasureAsync(Stage stage, double oneChainPerSecond)
    {
        var limit = Math.Min(oneChainPerSecond, stage.Limits.SignaturesPerSecond / 2);
        foreach (var count in new[] { FewChains, stage.Scope.Chains })
        {
            var chains = Enumerable.Range(0, count)
                .Select(number => string.Create(CultureInfo.InvariantCulture, $"c{count}-{number}")).ToList();
            await Filler.CreateChainsAsync(stage.Service, chains);
            Progress.Line($"{count} chains are open");
            var load = new PostLoad { TokenFile = stage.TokenFile($"chains-{count}", chains) };
            Task<LoadResult> Load(int connections, double seconds) => LoadAsync(stage, load, connections, seconds);
            // A client's token is checked for the first time once, and not within the figure.
            await WarmUp.RunAsync(stage.Scope, seconds => Load(Connections[^1], seconds));
            List<LoadResult> results = [];
            foreach (var connections in Connections)
                results.Add(await Load(connections, stage.Scope.LoadSeconds));
            var result = results.MaxBy(run => run.PerSecond)!;
            stage.Add(new Figure
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{count:#,0} chains, one transaction a call"),
                Value = result.PerSecond,
                Unit = "requests/s",
                LimitName = oneChainPerSecond == limit ? "one chain" : "Ed25519 ÷ 2",
                Limit = limit,
                Goal = .80,
                Note = string.Create(CultureInfo.InvariantCulture,
                    $"{string.Join(", ", Connections.Zip(results, Named))}; gateway {result.ServerMicros:0.0} + enclave {result.EnclaveMicros:0.0} µs a request; sender {result.SenderShare:P0}"),
            });
        }
    }

    private static async Task<LoadResult> LoadAsync(Stage stage, PostLoad load, int connections, double seconds) =>
        Stage.Require(await Wrk.PostAsync(LoadTarget.Of(stage.Service), load, connections, seconds), "chains");

    private static string Named(int connections, LoadResult result) => string.Create(
        CultureInfo.InvariantCulture, $"{connections} connections {result.PerSecond:0}/s");
}
