using System.Globalization;
using Sequencer.Bench.Load;
using Sequencer.Bench.Report;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Figures;

/// <summary>One transaction of 256 bytes a call, on one chain.</summary>
internal static class SingleFigures
{
    public const string Chain = "single";

    private const int LatencyConnections = 64;
    private static readonly int[] Connections = [64, 256];

    /// <summary>
    /// Measures the rate with receipts and with small answers, then latency at a quarter of the rate.
    /// </summary>
    /// <returns>The load with receipts, and a file with a sample of those.</returns>
    public static async Task<(PostLoad Load, string SampleFile)> MeasureAsync(Stage stage)
    {
        var full = new PostLoad { TokenFile = stage.TokenFile(Chain, Chain) };
        foreach (var target in new[] { LoadTarget.Of(stage.Bare), LoadTarget.Of(stage.Service) })
            await WarmUpAsync(stage, target, full);
        var receipts = await CompareAsync(stage, full);
        stage.Add(new Figure
        {
            Name = "POST /sequence, 256 B, receipt",
            Value = receipts.Gateway.PerSecond,
            Unit = "requests/s",
            LimitName = "bare Kestrel",
            Limit = receipts.Bare.PerSecond,
            Goal = .70,
            Note = receipts.Note,
        });
        var minimal = await CompareAsync(stage, full with { Minimal = true });
        stage.Add(new Figure
        {
            Name = "the same, Prefer: return=minimal",
            Value = minimal.Gateway.PerSecond,
            Unit = "requests/s",
            LimitName = "bare Kestrel, small answer",
            Limit = minimal.Bare.PerSecond,
            Goal = .75,
            Note = minimal.Note,
        });
        return (full, await MeasureLatencyAsync(stage, receipts.Gateway.PerSecond / 4));
    }

    /// <summary>Requests a second on one chain, against bare Kestrel with answers of the same length.</summary>
    private static async Task<Comparison> CompareAsync(Stage stage, PostLoad load)
    {
        if (!load.Minimal)
            await stage.Bare.AnswerWithAsync(await AnswerLength.OfPostAsync(stage.Service, load));
        return await Comparison.RunAsync(stage, Connections,
            (target, count, seconds) => Wrk.PostAsync(target, load, count, seconds));
    }

    /// <summary>Drives a server with the larger number of connections until it gets no faster.</summary>
    public static Task WarmUpAsync(Stage stage, LoadTarget target, PostLoad load) => WarmUp.RunAsync(
        stage.Scope,
        async seconds => Stage.Require(await Wrk.PostAsync(target, load, Connections[^1], seconds), "warming up"));

    private static async Task<string> MeasureLatencyAsync(Stage stage, double rate)
    {
        var sample = Path.Combine(stage.Folder, "receipts.sample");
        var plan = new OpenLoopPlan
        {
            Address = stage.Service.Address,
            Token = stage.Service.Tokens.For(Chain),
            Rate = rate,
            Seconds = stage.Scope.LatencySeconds,
            Connections = LatencyConnections,
            SampleFile = sample,
        };
        List<OpenLoopResult> bareTurns = [], gatewayTurns = [];
        for (var turn = 0; turn < stage.Scope.LatencyTurns; turn++)
        {
            bareTurns.Add(await OpenLoop.RunAsync(
                LoadTarget.Of(stage.Bare), plan with { Address = stage.Bare.Address, SampleFile = "" }));
            gatewayTurns.Add(await OpenLoop.RunAsync(LoadTarget.Of(stage.Service), plan));
            Stage.Require(gatewayTurns[^1].Load, "open loop");
        }

        var (bare, gateway) = (Median(bareTurns), Median(gatewayTurns));
        stage.Add(new Figure
        {
            Name = "latency p99 at a quarter of that rate, open loop",
            Value = gateway.P99Micros / 1000,
            Unit = "ms",
            LimitName = "bare p99 + fdatasync p99, ms",
            Limit = (bare.P99Micros + stage.Limits.SyncP99Micros) / 1000,
            Goal = 3,
            LessIsBetter = true,
            Note = string.Create(CultureInfo.InvariantCulture,
                $"p50 {gateway.P50Micros / 1000:0.00}, p99.9 {gateway.P999Micros / 1000:0.00}; "
                + $"bare p50 {bare.P50Micros / 1000:0.00}, p99 {bare.P99Micros / 1000:0.00}; "
                + $"p99 of each turn {P99s(gatewayTurns)}, bare {P99s(bareTurns)}; "
                + $"asked {rate:0}/s, sent {gateway.Load.PerSecond:0}/s; "
                + $"gateway {gateway.Load.ServerMicros:0.0} + enclave {gateway.Load.EnclaveMicros:0.0} µs a request; "
                + $"sender {gateway.Load.SenderShare:P0}"),
        });
        return sample;
    }

    /// <summary>
    /// The turn whose p99 is neither the best nor the worst: one stall of the machine decides no figure.
    /// </summary>
    private static OpenLoopResult Median(IEnumerable<OpenLoopResult> turns)
    {
        var sorted = turns.OrderBy(turn => turn.P99Micros).ToList();
        return sorted[sorted.Count / 2];
    }

    private static string P99s(IEnumerable<OpenLoopResult> turns) => string.Join(
        ", ", turns.Select(turn => (turn.P99Micros / 1000).ToString("0.0", CultureInfo.InvariantCulture)));
}
