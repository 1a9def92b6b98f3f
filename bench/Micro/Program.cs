using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Sequencer.Micro;

// Micro-benchmarks of the parts that a transaction passes through. In this process and short: they explain the
// figures of `make bench`, and decide nothing. Arguments are BenchmarkDotNet's: --filter '*Tree*'.
var config = ManualConfig.CreateEmpty()
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(TargetMethodColumn.Method, StatisticColumn.Mean, StatisticColumn.Error)
    .AddColumnProvider(DefaultColumnProviders.Metrics)
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "sequencer-micro"))
    .WithOptions(ConfigOptions.JoinSummary);
var failed = false;
foreach (var summary in BenchmarkSwitcher.FromAssembly(typeof(TreeBenchmarks).Assembly).Run(args, config))
{
    MarkdownExporter.Console.ExportToLog(summary, ConsoleLogger.Default);
    failed |= summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success);
}

return failed ? 1 : 0;
