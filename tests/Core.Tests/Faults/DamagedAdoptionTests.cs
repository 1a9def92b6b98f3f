using Sequencer.Core.Tests.Pipeline;
using Sequencer.Core.Tests.Witnesses;

namespace Sequencer.Core.Tests.Faults;

public sealed class DamagedAdoptionTests
{
    /// <summary>Damage that is met while a new epoch takes a chain up is that chain's alone.</summary>
    [Fact]
    public async Task Adopt_ByANewEpochOfAChainThatIsDamaged_StopsThatChainAlone()
    {
        await using var enclave = new EnclaveFixture();
        var ledger = new GatedLedger();
        ledger.Open();
        await using var core = await CoreFixture.StartAsync(ledger, enclave);
        await core.SequenceAsync("one");
        await core.SequenceAsync("one", "other");
        await enclave.RebootAsync();
        await WitnessFixture.SequenceInTimeAsync(core, "of the new epoch", "third");
        ledger.Damaged = new ChainNumber(1);

        var stopped = await core.SubmitAsync("two");

        stopped.Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal.Code.Should().Be(RefusalCode.OutcomeUnknown);
        core.Core.Status.StoppedChains.Keys.Should().Equal("demo");
        (await core.SequenceAsync("two", "other")).FirstIndex.Should().Be(1);
        core.Core.Status.State.Should().Be(SequencerState.Ready);
    }
}
