using System.Globalization;
using Sequencer.Bench.Figures;
using Sequencer.Bench.Limits;
using Sequencer.Bench.Report;
using Sequencer.Bench.Running;

namespace Sequencer.Bench;

/// <summary>One run of the whole benchmark: limits, figures, table.</summary>
internal static class BenchRun
{
    private const double MemoryMaxMiB = 600;

    public static async Task<int> RunAsync(Scope scope)
    {
        var started = DateTimeOffset.UtcNow;
        var loadBefore = LoadAverage();
        using var folder = new WorkFolder();
        Progress.Line($"{scope.Name} run in {folder.Path}; load average {loadBefore}");
        if (scope.FillsPageCache)
        {
            var filled = PageCache.Fill(Path.Combine(folder.Path, "page-cache"));
            Progress.Line($"memory that was free, made the system's cache: {filled >> 20:#,0} MiB");
        }

        var limits = MeasuredLimits.Measure(folder.Path, scope.LimitSeconds);
        foreach (var (name, value) in limits.ByName)
            Progress.Line($"limit: {name} {value:#,0}");
        List<Figure> figures = [];
        long verified;
        await using (var bare = await BareServer.StartAsync(folder.Path))
        {
            verified = await MeasureRatesAsync(scope, folder.Sub("rates"), bare, limits, figures);
            await MeasureSizesAsync(scope, folder.Sub("sizes"), bare, limits, figures);
        }

        var report = new Report.Report
        {
            Started = started,
            Scope = scope.Name,
            LoadBefore = loadBefore,
            LoadAfter = LoadAverage(),
            Limits = limits.ByName,
            Figures = figures,
            ReceiptsVerified = verified,
        };
        ReportWriter.Print(report, Console.Out);
        var saved = ReportWriter.Save(report, Path.Combine(Programs.RepositoryRoot, "bench/results"));
        Progress.Line($"written to {saved}");
        return 0;
    }

    private static async Task<long> MeasureRatesAsync(
        Scope scope, string folder, BareServer bare, MeasuredLimits limits, List<Figure> figures)
    {
        await using var service = await Service.StartAsync(folder);
        var stage = new Stage(scope, folder, service, bare, limits, figures);
        var (oneChain, sample) = await SingleFigures.MeasureAsync(stage);
        var verified = await ReceiptFigures.MeasureAsync(stage, sample);
        await BatchFigures.MeasureAsync(stage);
        await ChainFigures.MeasureAsync(stage, oneChain);
        AddMemory(stage, "the gateway's memory, singles, batches and chains");
        return verified;
    }

    private static async Task MeasureSizesAsync(
        Scope scope, string folder, BareServer bare, MeasuredLimits limits, List<Figure> figures)
    {
        await using var service = await Service.StartAsync(folder);
        var stage = new Stage(scope, folder, service, bare, limits, figures);
        var (entries, largest) = await MeasureSizesAsync(stage);
        AddMemory(stage, "the gateway's memory, filling and reading the large log");
        await OldAgeFigures.MeasureAsync(stage, entries, largest);
    }

    private static async Task<(long All, long Largest)> MeasureSizesAsync(Stage stage)
    {
        var folder = Path.Combine(stage.Folder, "fresh");
        await using var fresh = await Service.StartAsync(folder);
        return await SizeFigures.MeasureAsync(stage, stage.With(fresh, folder));
    }

    private static void AddMemory(Stage stage, string name) => stage.Add(new Figure
    {
        Name = name,
        Value = stage.Service.Memory.MaxBytes / (double)(1 << 20),
        Unit = "MiB at most",
        LimitName = "MiB",
        Limit = MemoryMaxMiB,
        Goal = 1,
        LessIsBetter = true,
        Note = string.Create(CultureInfo.InvariantCulture,
            $"enclave {ProcessTimes.ResidentBytes(stage.Service.EnclaveId) / (1 << 20)} MiB at the end"),
    });

    /// <summary>Load average of one minute.</summary>
    public static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
