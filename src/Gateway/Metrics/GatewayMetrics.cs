using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// The gateway's own instruments; docs/metrics.md lists these and those of the other parts.
/// </summary>
internal sealed class GatewayMetrics
{
    private const string MeterName = "Sequencer.Gateway";

    /// <summary>Codes that docs/metrics.md recommends for alerts.</summary>
    private static readonly ProblemCode[] AlertCodes =
    [
        ProblemCode.InternalError, ProblemCode.ChainStopped, ProblemCode.LedgerUnavailable,
        ProblemCode.EnclaveUnavailable,
    ];

    private readonly Counter<long> _problems;

    public GatewayMetrics(
        IMeterFactory meters, ArrivingBytes arriving, BundleBudget bundles, FeedReaders readers)
    {
        var meter = meters.Create(MeterName);
        _problems = meter.CreateCounter<long>(
            "sequencer.problems", "{answer}", "Answers that were problems, by code.");
        meter.CreateObservableGauge(
            "sequencer.arriving", () => arriving.Total, "By", "Bytes of bodies that are not whole yet.");
        meter.CreateObservableGauge(
            "sequencer.large_bundles", () => bundles.Held, "By",
            "Memory of large entry bundles that are read or on their way to clients.");
        meter.CreateObservableGauge(
            "sequencer.feed.readers", () => readers.Count, "{reader}", "Readers of feeds.");
        meter.CreateObservableCounter(
            "sequencer.feed.cut_off", () => readers.CutOff, "{reader}",
            "Readers of feeds that were cut off because they took nothing.");
    }

    /// <summary>
    /// Shows the codes that are worth an alert, at 0: an increase is from something, and the first counts.
    /// To be called once the instruments are collected.
    /// </summary>
    public void ShowAlertCodes()
    {
        foreach (var code in AlertCodes)
            _problems.Add(0, new KeyValuePair<string, object?>("code", ProblemTable.NameOf(code)));
    }

    /// <summary>One more answer with this code.</summary>
    public void CountProblem(ProblemCode code) =>
        _problems.Add(1, new KeyValuePair<string, object?>("code", ProblemTable.NameOf(code)));

    /// <summary>Collects what every part measures, for <c>/metrics</c>.</summary>
    public static void Collect(IServiceCollection services) => services
        .AddSingleton<GatewayMetrics>()
        .AddOpenTelemetry()
        .WithMetrics(metrics => metrics
            .AddMeter(MeterName, CoreMetrics.MeterName)
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddPrometheusExporter());
}
