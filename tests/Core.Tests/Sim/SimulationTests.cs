using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Sequencer.Core.Tests.Sim;

/// <summary>
/// Core, enclave, ledger and clock under a seed. <c>make sim SEED=… RUNS=…</c> runs more of it; a failing
/// run says its seed, and the same seed runs the same.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int SmokeRuns = 120;

    private static ulong Seed => ulong.Parse(
        Environment.GetEnvironmentVariable("SIM_SEED") ?? "1", CultureInfo.InvariantCulture);

    private static int Runs => int.Parse(
        Environment.GetEnvironmentVariable("SIM_RUNS") ?? $"{SmokeRuns}", CultureInfo.InvariantCulture);

    [Fact]
    public void AnySeed_KeepsEveryPromise()
    {
        var started = Stopwatch.StartNew();
        long steps = 0, receipts = 0, disasters = 0;
        Parallel.For(0, Runs, run =>
        {
            var seed = Seed + (ulong)run;
            var world = new SimWorld(seed);
            world.Run().Should().BeNull($"seed {seed} must hold (make sim SEED={seed} RUNS=1)");
            Interlocked.Add(ref steps, world.Scheduler.Steps);
            Interlocked.Add(ref receipts, world.Receipts.Count);
            Interlocked.Add(ref disasters, world.Disasters);
        });

        output.WriteLine(
            $"seeds {Seed} to {Seed + (ulong)Runs - 1}: {steps} steps, {disasters} disasters, {receipts} receipts, "
            + $"{Runs / started.Elapsed.TotalSeconds:0.0} runs/s, 0 broken");
    }

    [Fact]
    public void OneSeed_RunsTheSameTwice()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var (first, second) = (new SimWorld(seed), new SimWorld(seed));
            first.Run();
            second.Run();
            second.Scheduler.Steps.Should().Be(first.Scheduler.Steps, $"of seed {seed}");
            second.Scheduler.Trace.Should().Be(first.Scheduler.Trace, $"of seed {seed}");
        }
    }

    [Theory]
    [InlineData(PlantedBug.AcknowledgesBeforeSync)]
    [InlineData(PlantedBug.LosesKeys)]
    [InlineData(PlantedBug.LosesLeaves)]
    [InlineData(PlantedBug.ReordersTail)]
    [InlineData(PlantedBug.EnclaveSignsAnotherTree)]
    public void APlantedBug_IsFoundWithinTheSmokeRuns(PlantedBug bug)
    {
        for (ulong seed = 1; seed <= SmokeRuns; seed++)
        {
            if (new SimWorld(seed, bug).Run() is { } violation)
            {
                violation.Should().NotContain("the scheduler's thread").And.NotContain("came to its end");
                output.WriteLine($"seed {seed}: {violation}");
                return;
            }
        }

        Assert.Fail($"{bug} was not found in {SmokeRuns} runs.");
    }
}
