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

    /// <summary>The gateway's rate in bare Kestrel's.</summary>
    public double Ratio => Gateway.PerSecond / Bare.PerSecond;

    /// <summary>What each of them did at its best in several turns.</summary>
    public static Comparison BestOf(IReadOnlyCollection<Comparison> turns) => new(
        turns.Select(turn => turn.Gateway).MaxBy(run => run.PerSecond)!,
        turns.Select(turn => turn.Bare).MaxBy(run => run.PerSecond)!);

    /// <summary>Runs both with each number of connections; the best of each counts.</summary>
    public static async Task<Comparison> RunAsync(
        Stage stage, IReadOnlyList<int> connections, Func<LoadTarget, int, double, Task<LoadResult>> load)
    {
        List<Comparison> turns = [];
        for (var round = 0; round < stage.Scope.Rounds; round++)
        {
            foreach (var count in connections)
            {
                var bare = Stage.Require(
                    await load(LoadTarget.Of(stage.Bare), count, stage.Scope.RoundSeconds), "bare Kestrel");
                var gateway = Stage.Require(
                    await load(LoadTarget.Of(stage.Service), count, stage.Scope.RoundSeconds), "the gateway");
                turns.Add(new Comparison(gateway, bare));
            }
        }

        return BestOf(turns);
    }

    /// <summary>
    /// One turn of each, the gateway first: its answer grows with the log, and bare Kestrel's is as long as the
    /// last.
    /// </summary>
    /// <param name="stage">What to measure with.</param>
    /// <param name="seconds">How long a turn is.</param>
    /// <param name="answerLength">Length of the gateway's answer now, in bytes.</param>
    /// <param name="load">Drives a server for some seconds.</param>
    public static async Task<Comparison> TurnAsync(
        Stage stage, double seconds, Func<Task<long>> answerLength, Func<LoadTarget, double, Task<LoadResult>> load)
    {
        var gateway = Stage.Require(await load(LoadTarget.Of(stage.Service), seconds), "the gateway");
        await stage.Bare.AnswerWithAsync(await answerLength());
        return new Comparison(
            gateway, Stage.Require(await load(LoadTarget.Of(stage.Bare), seconds), "bare Kestrel"));
    }
}
