using Sequencer.Protocol;
using Sequencer.Testing;

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

    /// <summary>
    /// Whoever is fenced between its hello and its epoch has a mark in its ledger, and ends as fenced: not as
    /// if something had broken, to be started again.
    /// </summary>
    [Fact]
    public async Task ANewerGateway_FencesTheOlder_BeforeItKnowsTheEpoch()
    {
        await using var enclave = new EnclaveFixture();
        var ledger = new MemoryLedger();
        await using var way = new OvertakenWay(enclave);

        await using var older = await SequencerCore.StartAsync(
            CoreFixture.Options(), CoreFixture.Dependencies(new MemoryLedgerSource(ledger), way),
            CancellationToken.None);

        await older.Awaiting(core => core.Completion).Should().ThrowAsync<EnclaveFencedException>();
        older.Status.State.Should().Be(SequencerState.Fenced);
        ledger.Fence.Should().NotBeNull();
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
        await Until.TrueAsync(() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() > now);
        return await CoreFixture.StartAsync(ledger, enclave, options => options.TakeOver = true);
    }

    /// <summary>A way to the enclave on which another gateway takes the role between the hello and the next request.
    /// </summary>
    private sealed class OvertakenWay(EnclaveFixture enclave) : IEnclaveTransport, IAsyncDisposable
    {
        private EnclaveSession? _newer;

        public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation) =>
            new Overtaken(await enclave.ConnectAsync(cancellation), OvertakeAsync);

        public ValueTask DisposeAsync() => _newer?.DisposeAsync() ?? ValueTask.CompletedTask;

        private async Task OvertakeAsync() => _newer = await EnclaveSession.OpenAsync(
            enclave, generation: 1_000, TimeProvider.System, CancellationToken.None);
    }

    private sealed class Overtaken(Stream inner, Func<Task> overtake) : AsyncStream
    {
        private int _requests;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        /// <summary>Each write of a session is one request.</summary>
        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (++_requests == 2)
                await overtake();
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
