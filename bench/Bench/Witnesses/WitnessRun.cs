using Sequencer.Bench.Figures;
using Sequencer.Bench.Load;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Witnesses;

/// <summary>
/// What witnesses cost who does not wait for them, and how long who does waits: the service as it runs, with
/// three witness processes of which two make a quorum.
/// </summary>
internal static class WitnessRun
{
    private const string Chain = "open";
    private const int Turns = 2;
    private const int Many = 64;
    private const double WarmUpSeconds = 1;

    /// <summary>Length of a load whose latency counts more than its rate, as a part of the longer ones.</summary>
    private const double Short = .4;

    /// <summary>What <c>witnesses.interval_ms</c> is by default.</summary>
    private const int DefaultIntervalMs = 1_000;

    private const int SmallIntervalMs = 50;

    public static async Task<int> RunAsync(double seconds)
    {
        var started = DateTimeOffset.UtcNow;
        var loadBefore = BenchRun.LoadAverage();
        using var folder = new WorkFolder();
        Progress.Line($"in {folder.Path}; load average {loadBefore}");
        await using var with = await StartAsync(folder.Sub("with"), DefaultIntervalMs);
        var cost = await MeasureCostAsync(folder, with, seconds);
        List<WitnessFigure> witnessed =
        [
            // One answer a second.
            await LoadAsync(with, "a quorum", DefaultIntervalMs, connections: 1, seconds),
            await LoadAsync(with, "a quorum", DefaultIntervalMs, Many, seconds * Short),
        ];
        var verified = await WitnessedSample.VerifyAsync(with, Chain);
        await using (var quick = await StartAsync(folder.Sub("quick"), SmallIntervalMs))
        {
            witnessed.Add(await LoadAsync(quick, "a quorum", SmallIntervalMs, connections: 1, seconds * Short));
            witnessed.Add(await LoadAsync(quick, "a quorum", SmallIntervalMs, Many, seconds * Short));
            verified += await WitnessedSample.VerifyAsync(quick, Chain);
        }

        const string Sealed = "a quorum, then the enclave (sealed chain)";
        witnessed.Add(await LoadAsync(with, Sealed, intervalMs: null, connections: 1, seconds * Short));
        witnessed.Add(await LoadAsync(with, Sealed, intervalMs: null, Many, seconds * Short));
        verified += await WitnessedSample.VerifyAsync(with, WitnessGroup.SealedChain);

        var report = new WitnessReport
        {
            Started = started,
            Seconds = seconds,
            LoadBefore = loadBefore,
            LoadAfter = BenchRun.LoadAverage(),
            Cost = cost,
            Witnessed = witnessed,
            ReceiptsVerified = verified,
        };
        report.Print(Console.Out);
        Progress.Line($"written to {report.Save(Path.Combine(Programs.RepositoryRoot, "bench/results"))}");
        return 0;
    }

    /// <summary>A service with witnesses, whose chains exist and whose code is compiled.</summary>
    private static async Task<Service> StartAsync(string folder, int intervalMs)
    {
        var service = await Service.StartAsync(folder, intervalMs);
        await Filler.CreateChainsAsync(service, [Chain, WitnessGroup.SealedChain]);
        await PostAsync(service, Chain, witnessed: true, Many, WarmUpSeconds);
        await PostAsync(service, WitnessGroup.SealedChain, witnessed: false, Many, WarmUpSeconds);
        return service;
    }

    /// <summary>
    /// Both services by turns, so that a busy spell of the machine meets both; the best of each counts.
    /// </summary>
    private static async Task<(WitnessFigure Without, WitnessFigure With)> MeasureCostAsync(
        WorkFolder folder, Service with, double seconds)
    {
        await using var without = await Service.StartAsync(folder.Sub("without"));
        foreach (var service in new[] { without, with })
            await PostAsync(service, Chain, witnessed: false, Many, WarmUpSeconds);
        List<LoadResult> plain = [], beside = [];
        for (var turn = 0; turn < Turns; turn++)
        {
            plain.Add(await PostAsync(without, Chain, witnessed: false, Many, seconds / Turns));
            beside.Add(await PostAsync(with, Chain, witnessed: false, Many, seconds / Turns));
        }

        return (
            Best("the enclave, no witnesses", intervalMs: null, plain),
            Best("the enclave, witnesses in the background", DefaultIntervalMs, beside));
    }

    private static WitnessFigure Best(string name, int? intervalMs, List<LoadResult> turns) =>
        Told(new WitnessFigure(name, intervalMs, Many, turns.MaxBy(turn => turn.PerSecond)!));

    private static async Task<WitnessFigure> LoadAsync(
        Service service, string name, int? intervalMs, int connections, double seconds)
    {
        var isSealed = intervalMs is null;
        var load = await PostAsync(
            service, isSealed ? WitnessGroup.SealedChain : Chain, witnessed: !isSealed, connections, seconds);
        return Told(new WitnessFigure(name, intervalMs, connections, load));
    }

    private static async Task<LoadResult> PostAsync(
        Service service, string chain, bool witnessed, int connections, double seconds)
    {
        var tokens = service.Tokens.WriteFile(Path.Combine(service.Folder, chain + ".tokens"), chain);
        var load = new PostLoad { TokenFile = tokens, Witnessed = witnessed };
        return Stage.Require(await Wrk.PostAsync(LoadTarget.Of(service), load, connections, seconds), chain);
    }

    private static WitnessFigure Told(WitnessFigure figure)
    {
        Progress.Line($"{figure.Name}, {figure.Connections} at a time: {figure.Load.PerSecond:#,0.#}/s");
        return figure;
    }
}
