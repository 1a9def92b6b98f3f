using System.Globalization;
using Sequencer.Bench.Figures;
using Sequencer.Bench.Load;
using Sequencer.Bench.Report;
using Sequencer.Bench.Running;

namespace Sequencer.Bench;

/// <summary>Steady load for a long time, with the memory of gateway and enclave beside it.</summary>
internal static class Soak
{
    private const int Connections = 64;
    private const double StepSeconds = 30;
    private const double Mebibyte = 1 << 20;

    /// <summary>
    /// Loads the gateway; prints rate and memory at the end of every step, as CSV, and writes them and the
    /// curve to <c>bench/results</c>.
    /// </summary>
    public static async Task<int> RunAsync(double seconds)
    {
        var started = DateTimeOffset.UtcNow;
        using var folder = new WorkFolder();
        await using var service = await Service.StartAsync(folder.Path);
        await using var enclave = new MemoryWatch(service.EnclaveId);
        var load = new PostLoad
        {
            TokenFile = service.Tokens.WriteFile(Path.Combine(folder.Path, "soak.tokens"), "soak"),
        };
        List<SoakStep> steps = [];
        Console.WriteLine("seconds,requests_per_second,gateway_mib,enclave_mib");
        for (double done = 0; done < seconds; done += StepSeconds)
        {
            var length = Math.Min(StepSeconds, seconds - done);
            var result = Stage.Require(
                await Wrk.PostAsync(LoadTarget.Of(service), load, Connections, length), "soak");
            var step = new SoakStep(done + length, result.PerSecond,
                ProcessTimes.ResidentBytes(service.GatewayId) / Mebibyte,
                ProcessTimes.ResidentBytes(service.EnclaveId) / Mebibyte);
            steps.Add(step);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{step.Seconds:0},{step.RequestsPerSecond:0},{step.GatewayMiB:0},{step.EnclaveMiB:0}"));
        }

        var report = new SoakReport
        {
            Started = started,
            Seconds = seconds,
            Steps = steps,
            Gateway = service.Memory.Seen,
            Enclave = enclave.Seen,
        };
        var saved = report.Save(Path.Combine(Programs.RepositoryRoot, "bench/results"));
        Progress.Line($"at most {service.Memory.MaxBytes / Mebibyte:0} MiB; written to {saved}.svg and .json");
        return 0;
    }
}
