using System.Diagnostics;
using System.Globalization;
using Sequencer.Bench.Report;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Figures;

/// <summary>What a large log costs: disk, the time of a restart, the time of an audit.</summary>
internal static class OldAgeFigures
{
    private const double EntryOnDiskBytes = 256 + 32;
    private const double SettledBytes = 1 << 20;
    private static readonly TimeSpan SettlingStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettlingMax = TimeSpan.FromSeconds(60);

    /// <param name="stage">What to measure with.</param>
    /// <param name="entries">Entries in the ledger.</param>
    /// <param name="largest">Entries of its largest chain, which is audited.</param>
    public static async Task MeasureAsync(Stage stage, long entries, long largest)
    {
        var bytes = await SettleAsync(stage.Service.LedgerFolder);
        stage.Add(new Figure
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"disk for an entry of 256 B, at {entries:#,0} entries"),
            Value = bytes / entries,
            Unit = "B",
            LimitName = "256 B + 32 B",
            Limit = EntryOnDiskBytes,
            Goal = 1.3,
            LessIsBetter = true,
            Note = string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):#,0} MiB in all"),
        });
        // By a gateway that has been at work, as the others: a started one is still compiling and has nothing cached.
        await AuditAsync(stage, largest, rehash: true);
        await AuditAsync(stage, largest, rehash: false);
        var restart = await stage.Service.KillAndRestartAsync();
        stage.Add(new Figure
        {
            Name = string.Create(
                CultureInfo.InvariantCulture, $"kill -9 and restart until ready, at {entries:#,0} entries"),
            Value = restart.TotalSeconds,
            Unit = "s",
            LimitName = "s",
            Limit = 1,
            Goal = 2,
            LessIsBetter = true,
        });
    }

    private static async Task AuditAsync(Stage stage, long size, bool rehash)
    {
        var started = Stopwatch.GetTimestamp();
        string[] arguments =
        [
            "audit", stage.Service.Address.ToString(), SizeFigures.Largest,
            "--simulated-root", Path.Combine(stage.Service.Folder, "secrets/simulated-root.pem"),
        ];
        // Without a token an audit reads the tiles of a public chain alone.
        await ChildProcess.RunAsync(Programs.Cli, arguments, stage.Folder,
            ("SEQUENCER_TOKEN", rehash ? stage.Service.Tokens.For(SizeFigures.Largest) : ""));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var perSecond = size / seconds;
        stage.Add(new Figure
        {
            Name = $"sequencer audit, {(rehash ? "entries hashed" : "tiles alone")}",
            Value = perSecond,
            Unit = "entries/s",
            LimitName = "SHA-256 of 64 B ÷ 3",
            Limit = stage.Limits.Sha256PerSecond / 3,
            Goal = .50,
            Note = string.Create(CultureInfo.InvariantCulture,
                $"{size:#,0} entries in {seconds:0.0} s, the gateway serving on the same processors; "
                + $"{perSecond / stage.Limits.Sha256PerSecond:0.00} of the undivided limit"),
        });
    }

    /// <summary>Waits until the ledger's folder has stopped changing; its size in bytes.</summary>
    private static async Task<double> SettleAsync(string folder)
    {
        var started = Stopwatch.GetTimestamp();
        double before, now = SizeOf(folder);
        do
        {
            before = now;
            await Task.Delay(SettlingStep);
            now = SizeOf(folder);
        }
        while (Math.Abs(now - before) > SettledBytes && Stopwatch.GetElapsedTime(started) < SettlingMax);
        return now;
    }

    private static double SizeOf(string folder) => new DirectoryInfo(folder)
        .EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? (double)file.Length : 0);
}
