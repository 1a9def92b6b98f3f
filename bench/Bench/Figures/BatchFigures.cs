using System.Globalization;
using Sequencer.Bench.Load;
using Sequencer.Bench.Report;

namespace Sequencer.Bench.Figures;

/// <summary>Many transactions a call, on one chain.</summary>
internal static class BatchFigures
{
    private const int Connections = 8;

    /// <summary>Of the large batches so many are admitted at once: a chain's queue takes 50,000 entries.</summary>
    private const int LargeBatchConnections = 4;

    public static async Task MeasureAsync(Stage stage)
    {
        var thousands = new PostLoad { TokenFile = stage.TokenFile("batch", "batch"), Entries = 1_000 };
        await WarmUpAsync(stage, thousands);
        stage.Add(Of("batches of 1,000 entries of 256 B", .70, "RocksDB alone", stage.Limits.RocksEntriesPerSecond,
            await MeasureAsync(stage, thousands, Connections), thousands.Entries));
        var small = new PostLoad
        {
            TokenFile = stage.TokenFile("small", "small"),
            Entries = 10_000,
            EntryBytes = 100,
        };
        stage.Add(Of(
            "batches of 10,000 entries of 100 B", .50, "SHA-256 of 64 B ÷ 3", stage.Limits.Sha256PerSecond / 3,
            await MeasureAsync(stage, small, LargeBatchConnections), small.Entries));
    }

    /// <summary>Drives the gateway with batches until it gets no faster.</summary>
    public static Task WarmUpAsync(Stage stage, PostLoad load) => WarmUp.RunAsync(
        stage.Scope, seconds => RunAsync(LoadTarget.Of(stage.Service), load, Connections, seconds));

    /// <summary>Drives bare Kestrel with batches for a step: only the handler is new to it.</summary>
    public static Task WarmUpBareAsync(Stage stage, PostLoad load) =>
        RunAsync(LoadTarget.Of(stage.Bare), load, Connections, stage.Scope.WarmUpStepSeconds);

    private static Task<LoadResult> MeasureAsync(Stage stage, PostLoad load, int connections) =>
        RunAsync(LoadTarget.Of(stage.Service), load, connections, stage.Scope.LoadSeconds);

    private static async Task<LoadResult> RunAsync(LoadTarget target, PostLoad load, int connections, double seconds) =>
        Stage.Require(await Wrk.PostAsync(target, load, connections, seconds), "batches");

    private static Figure Of(
        string name, double goal, string limitName, double limit, LoadResult result, int entries) => new()
        {
            Name = name,
            Value = result.PerSecond * entries,
            Unit = "entries/s",
            LimitName = limitName,
            Limit = limit,
            Goal = goal,
            Note = string.Create(CultureInfo.InvariantCulture,
                $"gateway {result.ServerMicros / entries:0.00} + "
                + $"enclave {result.EnclaveMicros / entries:0.00} µs an entry; sender {result.SenderShare:P0}"),
        };
}
