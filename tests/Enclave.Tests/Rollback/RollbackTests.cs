using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Sequencer.Enclave.Tests.Rollback;

/// <summary>
/// An operator who runs enclaves as it likes, against witnesses of which enough are honest.
/// <c>make sim-rollback SEED=… RUNS=…</c> runs more of it; a failing run says its seed.
/// </summary>
public sealed class RollbackTests(ITestOutputHelper output)
{
    private const int SmokeRuns = 40;

    private static ulong Seed => ulong.Parse(
        Environment.GetEnvironmentVariable("SIM_SEED") ?? "1", CultureInfo.InvariantCulture);

    private static int Runs => int.Parse(
        Environment.GetEnvironmentVariable("SIM_RUNS") ?? $"{SmokeRuns}", CultureInfo.InvariantCulture);

    [Fact]
    public void AnySeed_WithAnHonestQuorum_HasNoFork()
    {
        var started = Stopwatch.StartNew();
        var counts = new ConcurrentDictionary<string, int>();
        var quorums = 0;
        Parallel.For(0, Runs, run =>
        {
            var seed = Seed + (ulong)run;
            using var world = new RollbackWorld(seed);
            world.Run().Should().BeNull(
                $"seed {seed} must hold (make sim-rollback SEED={seed} RUNS=1):\n"
                + string.Join('\n', world.Trace));
            Interlocked.Add(ref quorums, world.Invariants.Quorums);
            foreach (var (kind, count) in world.Counts)
                counts.AddOrUpdate(kind, count, (_, before) => before + count);
        });

        output.WriteLine(
            $"seeds {Seed} to {Seed + (ulong)Runs - 1}: {Runs / started.Elapsed.TotalSeconds:0.0} runs/s, "
            + $"{quorums} quorums, 0 forks; "
            + string.Join(", ", counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}")));
        if (Runs < SmokeRuns)
            return;
        // Each of these happened, or the runs show nothing.
        counts.Keys.Should().Contain(
        [
            "boot", "crash", "forged", "open", "appended", "seal", "200", "409", "422", "OpenNotBegun",
            "WitnessQuorumMissing", "WitnessCosignatureStale", "ProposalUnsealed", "resumed from a proposal",
        ]);
    }

    [Fact]
    public void OneSeed_RunsTheSameTwice()
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            using var first = new RollbackWorld(seed);
            using var second = new RollbackWorld(seed);
            first.Run();
            second.Run();
            second.Trace.Should().Equal(first.Trace, $"of seed {seed}");
        }
    }

    [Theory]
    [InlineData(PlantedFault.RuleOff)]
    [InlineData(PlantedFault.DisjointQuorums)]
    [InlineData(PlantedFault.StaleCosignatures)]
    [InlineData(PlantedFault.NoClockMargin)]
    public void APlantedFault_IsFoundWithinTheSmokeRuns(PlantedFault fault)
    {
        for (ulong seed = 1; seed <= SmokeRuns; seed++)
        {
            using var world = new RollbackWorld(seed, fault);
            if (world.Run() is { } violation)
            {
                output.WriteLine($"seed {seed}: {violation}");
                return;
            }
        }

        Assert.Fail($"{fault} was not found in {SmokeRuns} runs.");
    }

    [Fact]
    public void DisjointPolicies_AreRefusedWhereTheyAreMeasured()
    {
        foreach (var policy in RollbackPolicy.Disjoint)
        {
            RollbackWitness[] witnesses =
                [.. policy.Witnesses.Select(name => new RollbackWitness($"{name}", false, 0))];
            var act = () => WitnessDemand.Parse(policy.Text(witnesses), []);
            act.Should().Throw<FormatException>().WithMessage("*without a common member*");
            foreach (var witness in witnesses)
                witness.Dispose();
        }
    }
}
