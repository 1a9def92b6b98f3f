using System.Globalization;
using Sequencer.Bench.Figures;
using Sequencer.Bench.Load;
using Sequencer.Bench.Running;

namespace Sequencer.Bench;

/// <summary>Steady load for a long time, with the gateway's memory beside it.</summary>
internal static class Soak
{
    private const int Connections = 64;
    private const double StepSeconds = 30;
    private const double Mebibyte = 1 << 20;

    /// <summary>Loads the gateway and prints its memory at the end of every step, as CSV.</summary>
    public static async Task<int> RunAsync(double seconds)
    {
        using var folder = new WorkFolder();
        await using var service = await Service.StartAsync(folder.Path);
        var load = new PostLoad
        {
            TokenFile = service.Tokens.WriteFile(Path.Combine(folder.Path, "soak.tokens"), "soak"),
        };
        Console.WriteLine("seconds,requests_per_second,gateway_mib,enclave_mib");
        for (double done = 0; done < seconds; done += StepSeconds)
        {
            var step = Stage.Require(await Wrk.PostAsync(
                LoadTarget.Of(service), load, Connections, Math.Min(StepSeconds, seconds - done)), "soak");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Math.Min(done + StepSeconds, seconds):0},{step.PerSecond:0},"
                + $"{ProcessTimes.ResidentBytes(service.GatewayId) / Mebibyte:0},"
                + $"{ProcessTimes.ResidentBytes(service.EnclaveId) / Mebibyte:0}"));
        }

        Progress.Line($"the most that was seen: {service.Memory.MaxBytes / Mebibyte:0} MiB");
        return 0;
    }
}
