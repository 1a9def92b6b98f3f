using System.Globalization;
using Sequencer.Bench.Load;
using Sequencer.Bench.Report;

namespace Sequencer.Bench.Figures;

/// <summary>One transaction a call, spread evenly over many chains.</summary>
internal static class ChainFigures
{
    private const int FewChains = 64;
    private const int Connections = 256;

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
            var result = Stage.Require(
                await Wrk.PostAsync(LoadTarget.Of(stage.Service), load, Connections, stage.Scope.LoadSeconds), "chains");
            stage.Add(new Figure
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{count:#,0} chains, one transaction a call"),
                Value = result.PerSecond,
                Unit = "requests/s",
                LimitName = oneChainPerSecond == limit ? "one chain" : "Ed25519 ÷ 2",
                Limit = limit,
                Goal = .80,
                Note = string.Create(CultureInfo.InvariantCulture,
                    $"gateway {result.ServerMicros:0.0} + enclave {result.EnclaveMicros:0.0} µs a request; sender {result.SenderShare:P0}"),
            });
        }
    }
}
