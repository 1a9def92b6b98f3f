namespace Sequencer.Core.Tests.Faults;

/// <summary>Two gateways on one enclave, each with a ledger of its own: the newer one fences the older.</summary>
public sealed class FencingTests
{
    [Fact]
    public async Task ANewerGateway_FencesTheOlder_WhichEndsAndDoesNotComeBackByItself()
    {
        await using var enclave = new EnclaveFixture();
        var olderLedger = new MemoryLedgerSource(new MemoryLedger());
        await using var older = await CoreFixture.StartAsync(olderLedger, enclave);
        await older.SequenceAsync("of the older");
        await using var newer = await StartTakingOverAsync(new MemoryLedgerSource(new MemoryLedger()), enclave);

        var late = await older.SubmitAsync("too late");

        late.Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal.Code.Should().Be(RefusalCode.OutcomeUnknown);
        await older.Core.Awaiting(core => core.Completion).Should().ThrowAsync<EnclaveFencedException>();
        older.Core.Status.State.Should().Be(SequencerState.Fenced);
        var again = () => CoreFixture.StartAsync(olderLedger, enclave);
        (await again.Should().ThrowAsync<EnclaveFencedException>()).WithMessage("*--take-over*");
        (await newer.SequenceAsync("goes on", chain: "other")).FirstIndex.Should().Be(0);
    }

    [Fact]
    public async Task TakeOver_ByAnOperator_GivesTheRoleBackOnce()
    {
        await using var enclave = new EnclaveFixture();
        var firstLedger = new MemoryLedgerSource(new MemoryLedger());
        await using (var first = await CoreFixture.StartAsync(firstLedger, enclave))
        {
            await first.SequenceAsync("before");
            await using var second = await StartTakingOverAsync(new MemoryLedgerSource(new MemoryLedger()), enclave);
            await first.SubmitAsync("too late");
            await first.Core.Awaiting(core => core.Completion).Should().ThrowAsync<EnclaveFencedException>();
        }

        await using var back = await StartTakingOverAsync(firstLedger, enclave);

        // What was durable when it was fenced takes its place now, before anything new.
        (await back.SequenceAsync("after")).FirstIndex.Should().Be(2);
    }

    [Fact]
    public async Task TakeOver_OfAGatewayThatReconnectsLater_DoesNotTakeTheRoleAgain()
    {
        await using var enclave = new EnclaveFixture();
        await using var first = await StartTakingOverAsync(new MemoryLedgerSource(new MemoryLedger()), enclave);
        await first.SequenceAsync("first");
        var generation = new MemoryLedger();
        // The newer gateway's generation is the newest by the clock; the first one's next is only one more.
        await using var second = await StartTakingOverAsync(new MemoryLedgerSource(generation), enclave);

        await first.SubmitAsync("again");
        await first.Core.Awaiting(core => core.Completion).Should().ThrowAsync<EnclaveFencedException>();

        (await second.SequenceAsync("still mine", chain: "other")).FirstIndex.Should().Be(0);
        second.Core.Status.State.Should().Be(SequencerState.Ready);
    }

    [Fact]
    public async Task ALedgerWithoutTheChain_ThatTheEnclaveHolds_StopsThatChainAndNoOther()
    {
        await using var enclave = new EnclaveFixture();
        await using (var first = await CoreFixture.StartAsync(new MemoryLedgerSource(new MemoryLedger()), enclave))
            await first.SequenceAsync("known to the enclave");

        await using var other = await StartTakingOverAsync(new MemoryLedgerSource(new MemoryLedger()), enclave);
        var refused = await other.SubmitAsync("one");

        refused.Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal.Code.Should().Be(RefusalCode.ChainStopped);
        other.Core.Status.StoppedChains["demo"].Should().Contain("older copy");
        (await other.SequenceAsync("one", chain: "other")).FirstIndex.Should().Be(0);
        other.Core.Status.State.Should().Be(SequencerState.Ready);
    }

    private static async Task<CoreFixture> StartTakingOverAsync(ILedgerSource ledger, EnclaveFixture enclave)
    {
        // Who takes over has the millisecond for its generation: of two within the same, the second is refused.
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        while (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() <= now)
            await Task.Yield();
        return await CoreFixture.StartAsync(ledger, enclave, options => options.TakeOver = true);
    }
}
