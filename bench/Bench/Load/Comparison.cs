using System.Globalization;
using Sequencer.Bench.Figures;

namespace Sequencer.Bench.Load;

/// <summary>
/// The gateway and bare Kestrel under the same load, by turns, so that a busy spell of the machine meets
/// both.
/// </summary>
internal sealed record Comparison(LoadResult Gateway, LoadResult Bare)
{
    /// <summary>Processor time and the sender's share, for a figure's note.</summary>
    public string Note => string.Create(CultureInfo.InvariantCulture,
        $"gateway {Gateway.ServerMicros:0.0} + enclave {Gateway.EnclaveMicros:0.0} µs a request, "
        + $"bare {Bare.ServerMicros:0.0} µs; sender {Gateway.SenderShare:P0}, bare's {Bare.SenderShare:P0}");

    /// <summary>Runs both with each number of connections; the best of each counts.</summary>
    public static async Task<Comparison> RunAsync(
        Stage stage, IReadOnlyList<int> connections, Func<LoadTarget, int, double, Task<LoadResult>> load)
    {
        List<LoadResult> gateway = [], bare = [];
        for (var round = 0; round < stage.Scope.Rounds; round++)
        {
            foreach (var count in connections)
            {
                bare.Add(Stage.Require(
                    await load(LoadTarget.Of(stage.Bare), count, stage.Scope.RoundSeconds), "bare Kestrel"));
                gateway.Add(Stage.Require(
                    await load(LoadTarget.Of(stage.Service), count, stage.Scope.RoundSeconds), "the gateway"));
            }
        }

        return new Comparison(gateway.MaxBy(run => run.PerSecond)!, bare.MaxBy(run => run.PerSecond)!);
    }
}
