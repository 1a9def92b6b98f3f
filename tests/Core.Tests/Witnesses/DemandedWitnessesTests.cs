using System.Text;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>An enclave whose measured policy demands witnesses: opening, and chains that it seals.</summary>
public sealed class DemandedWitnessesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NewChain_IsOpenedWithAQuorum_AndGoesOnAfterEveryRestart(bool isSealed)
    {
        await using var world = new WitnessFixture(isSealed ? ["*"] : []);
        await using (var first = await world.StartAsync())
        {
            for (var i = 0; i < 20; i++)
                (await first.SequenceAsync($"entry {i}")).FirstIndex.Should().Be((ulong)i);
            // A new epoch under a running gateway: the chain is adopted beside the publisher.
            await world.Enclave.RebootAsync();
            for (var i = 20; i < 25; i++)
                (await WitnessFixture.SequenceInTimeAsync(first, $"entry {i}")).FirstIndex.Should().Be((ulong)i);
        }

        await world.Enclave.RebootAsync();
        await using var second = await world.StartAsync();
        var range = await second.SequenceAsync("entry 25");

        range.FirstIndex.Should().Be(25);
        range.IsWitnessed.Should().Be(isSealed);
        CoreFixture.VerifyReceipt(CoreFixture.Receipt(range), "entry 25");
        (await second.Core.ReadEpochsAsync(CoreFixture.Chain(), None))!.Epochs.Should().HaveCount(3);
    }

    [Fact]
    public async Task SealedChain_EveryReceiptHasItsQuorum_AndManyAtOnceShareASeal()
    {
        await using var world = new WitnessFixture(["demo"]);
        await using var fixture = await world.StartAsync();

        var ranges = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => fixture.SequenceAsync($"entry {i}")));

        ranges.Select(range => range.FirstIndex).Order().Should().Equal(Enumerable.Range(0, 200).Select(i => (ulong)i));
        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i].IsWitnessed.Should().BeTrue();
            CoreFixture.VerifyReceipt(CoreFixture.Receipt(ranges[i]), $"entry {i}");
            world.VerifyQuorum(Encoding.UTF8.GetString(ranges[i].Checkpoint.Span));
        }

        world.Ledger.LastProposal(new ChainNumber(1))!.Size.Should().Be(200);
        world.Witnesses[0].Requests.Count.Should().BeLessThan(200, "what waits together is sealed together");
    }

    [Fact]
    public async Task SealedChain_DoesNotHoldUpOthers()
    {
        await using var world = new WitnessFixture(["demo"]);
        await using var fixture = await world.StartAsync();
        await fixture.SequenceAsync("opened", chain: "other");
        await fixture.SequenceAsync("opened");
        var (gate, asked) = (NewSignal(), NewSignal());
        foreach (var witness in world.Witnesses)
            witness.Before = async _ => { asked.TrySetResult(); await gate.Task; };

        var waiting = fixture.SequenceAsync("waits for witnesses");
        await asked.Task;
        (await fixture.SequenceAsync("does not", chain: "other")).FirstIndex.Should().Be(1);
        waiting.IsCompleted.Should().BeFalse();
        gate.SetResult();

        (await waiting).FirstIndex.Should().Be(1);
    }

    [Fact]
    public async Task OlderLedger_IsRefusedWithWitnessesAndSizes()
    {
        await using var world = new WitnessFixture(["*"]);
        await using (var first = await world.StartAsync())
            await first.SequenceAsync("seen by witnesses");
        await world.Enclave.RebootAsync();

        // Yesterday's ledger: empty.
        await using var restored = await CoreFixture.StartAsync(
            new MemoryLedgerSource(new MemoryLedger()), world.Enclave, configure: null, world.Network());
        var refused = (await restored.SubmitAsync("another")).Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal;

        refused.Code.Should().Be(RefusalCode.ChainStopped);
        refused.Detail.Should().Contain("the ledger ends at size 0")
            .And.MatchRegex(@"w\d \(size 1\)").And.Contain("restore the newest copy");
    }

    [Fact]
    public async Task NoQuorum_IsNoStart_AndIsTriedAgain()
    {
        await using var world = new WitnessFixture([], witnesses: 1, quorum: 1);
        var isThere = false;
        world.Replace(new ScriptedWitness("w1", (old, checkpoint, cancellation) => isThere
            ? world.Witnesses[0].AddCheckpointAsync(old, [], checkpoint, cancellation)
            : Task.FromResult<WitnessAnswer>(new WitnessAnswer.Unreachable("nobody listens"))));
        await using var fixture = await world.StartAsync(options => options.WitnessPatienceSeconds = 3);

        var refused = (await fixture.SubmitAsync("early")).Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal;
        refused.Code.Should().Be(RefusalCode.WitnessesUnavailable);
        refused.RetryAfter.Should().NotBeNull();

        isThere = true;
        (await WitnessFixture.SequenceInTimeAsync(fixture, "now")).FirstIndex.Should().Be(0);
    }

    [Fact]
    public async Task EnclaveWhosePolicyTheConfigurationCannotMeet_StopsTheStart()
    {
        await using var world = new WitnessFixture([]);
        await using var others = new WitnessFixture(witnesses: 1, quorum: 1);

        var starting = () => CoreFixture.StartAsync(
            new MemoryLedgerSource(new MemoryLedger()), world.Enclave, configure: null, others.Network());

        (await starting.Should().ThrowAsync<EnclaveMismatchException>()).Which.Message.Should()
            .Contain("witnesses.policy_file").And.Contain("w2, w3");
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
