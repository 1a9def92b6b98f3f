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
        stage.Add(Of("batches of 1,000 entries of 256 B", .70, "RocksDB alone", stage.Limits.RocksEntriesPerSecond,
            await RunAsync(stage, thousands), thousands.Entries));
        var small = new PostLoad
        {
            TokenFile = stage.TokenFile("small", "small"),
            Entries = 10_000,
            EntryBytes = 100,
        };
        stage.Add(Of("batches of 10,000 entries of 100 B", .50, "SHA-256 of 64 B ÷ 3", stage.Limits.Sha256PerSecond / 3,
            await RunWarmAsync(stage, small, LargeBatchConnections), small.Entries));
    }

    /// <summary>Batches for a while, after warming up.</summary>
    public static async Task<LoadResult> RunAsync(Stage stage, PostLoad load, int connections = Connections)
    {
        await WarmUp.RunAsync(stage.Scope, seconds => RunAsync(stage, load, connections, seconds));
        return await RunWarmAsync(stage, load, connections);
    }

    /// <summary>The same of a gateway that has had batches before.</summary>
    public static Task<LoadResult> RunWarmAsync(Stage stage, PostLoad load, int connections = Connections) =>
        RunAsync(stage, load, connections, stage.Scope.LoadSeconds);

    private static async Task<LoadResult> RunAsync(Stage stage, PostLoad load, int connections, double seconds) =>
        Stage.Require(await Wrk.PostAsync(LoadTarget.Of(stage.Service), load, connections, seconds), "batches");

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
            $"gateway {result.ServerMicros / entries:0.00} + enclave {result.EnclaveMicros / entries:0.00} µs an entry; "
            + $"sender {result.SenderShare:P0}"),
        };
}
