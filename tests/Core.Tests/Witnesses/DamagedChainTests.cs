using Sequencer.Core.Tests.Pipeline;
using Sequencer.Testing;

namespace Sequencer.Core.Tests.Witnesses;

public sealed class DamagedChainTests
{
    private const int Entries = 300;
    private const ulong SeenByTheWitness = 10;

    /// <summary>
    /// Tiles that a witness needs and the ledger has lost stop their chain, and not the engine of all chains
    /// each time the witness is asked.
    /// </summary>
    [Fact]
    public async Task AskWitness_TheChainsTilesAreLost_StopsThatChainAlone()
    {
        await using var world = new WitnessFixture();
        var ledger = new GatedLedger();
        ledger.Open();
        await using (var before = await CoreFixture.StartAsync(ledger, world.Enclave))
        {
            for (var i = 0; i < Entries; i++)
                await before.SequenceAsync($"entry {i}");
        }

        // It has seen some of the chain, so that it must be shown that the rest goes on from there.
        world.Replace(new ScriptedWitness("w1", (_, _, _) =>
        {
            ledger.HasLostTiles = true;
            return Task.FromResult<WitnessAnswer>(new WitnessAnswer.Behind(SeenByTheWitness));
        }));
        await using var fixture = await CoreFixture.StartAsync(ledger, world.Enclave, witnesses: world.Network());
        // It opens the chain, which the witnesses are then asked about; what becomes of it is as it may be.
        await fixture.SubmitAsync("one more");
        await Until.TrueAsync(() => fixture.Core.Status.StoppedChains.Count > 0);

        fixture.Core.Status.StoppedChains.Keys.Should().Equal("demo");
        (await fixture.SequenceAsync("unharmed", "other")).FirstIndex.Should().Be(0);
        fixture.Core.Status.State.Should().Be(SequencerState.Ready);
        fixture.Core.Completion.IsCompleted.Should().BeFalse();
    }
}
