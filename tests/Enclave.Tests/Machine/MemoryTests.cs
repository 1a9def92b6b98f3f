using Sequencer.Protocol;
using Sequencer.Tlog;
using Xunit.Abstractions;

namespace Sequencer.Enclave.Tests;

/// <summary>What a chain costs the enclave, measured while nothing else runs.</summary>
[Collection(nameof(Alone))]
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const int Chains = 4_000;
    private const int BytesPerChainMax = 1_400;

    [Theory]
    [InlineData(1)]
    [InlineData(1023)]
    public void AChain_TakesBoundedMemory(int entries)
    {
        using var epoch = Epoch.Boot();
        Fill(epoch, 0, 10, entries);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Fill(epoch, 10, Chains, entries);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Chains;
        output.WriteLine($"{bytes} bytes for a chain of {entries} entries");
        bytes.Should().BeInRange(1, BytesPerChainMax);
        GC.KeepAlive(epoch);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1023)]
    public void AChainOfWitnessedFinality_TakesBoundedMemory_WhileItsProposalIsUnsealed(int entries)
    {
        using var witnesses = new TestWitnesses("a");
        using var epoch = Epoch.Boot(configuration: witnesses.Demand(1, "*"));
        FillWitnessed(epoch, witnesses, 0, 10, entries);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        FillWitnessed(epoch, witnesses, 10, Chains, entries);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Chains;
        output.WriteLine($"{bytes} bytes for a chain of witnessed finality of {entries} entries");
        bytes.Should().BeInRange(1, BytesPerChainMax);
        GC.KeepAlive(epoch);
    }

    private static void FillWitnessed(
        Epoch epoch, TestWitnesses witnesses, int first, int count, int entries)
    {
        var leaves = Tree.Leaves(0, entries);
        string[] origins =
            [.. Enumerable.Range(first, count).Select(i => $"{Epoch.Prefix}/customer-{i:d12}")];
        foreach (var origin in origins)
            epoch.Machine.Execute(epoch.Writer, new BeginOpenRequest(origin));
        epoch.Advance(TimeSpan.FromSeconds(3));
        var now = (ulong)epoch.NsmClock.Now.ToUnixTimeSeconds();
        foreach (var origin in origins)
        {
            var lines = witnesses.Lines(new Checkpoint(origin, 0, MerkleHash.Empty), now, "a");
            epoch.Ask<OpenReply>(new CreateRequest(origin, lines));
            epoch.Machine.Execute(epoch.Writer, Epoch.Appending(origin, 0, leaves));
        }
    }

    private static void Fill(Epoch epoch, int first, int count, int entries)
    {
        var leaves = Tree.Leaves(0, entries);
        for (var i = first; i < first + count; i++)
        {
            var origin = $"{Epoch.Prefix}/customer-{i:d12}";
            epoch.Machine.Execute(epoch.Writer, new CreateRequest(origin));
            epoch.Machine.Execute(epoch.Writer, Epoch.Appending(origin, 0, leaves));
        }
    }
}

/// <summary>Tests whose measurements others would disturb.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
