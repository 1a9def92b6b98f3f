using System.Buffers;
using System.Text;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>Checkpoints before witnesses that are right, dead, lying, slow and ahead.</summary>
public sealed class WitnessedFinalityTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Submit_WitnessedFinality_AnswersWithAQuorumOnACheckpointThatCoversIt()
    {
        await using var world = new WitnessFixture();
        await using var fixture = await world.StartAsync();

        for (var i = 0; i < 5; i++)
        {
            var range = await SequenceAsync(fixture, $"entry {i}");
            range.FirstIndex.Should().Be((ulong)i);
            range.IsWitnessed.Should().BeTrue();
            var receipt = CoreFixture.Receipt(range);
            CoreFixture.VerifyReceipt(receipt, $"entry {i}").Size.Should().BeGreaterThan((ulong)i);
            world.VerifyQuorum(TlogProof.Parse(receipt).Checkpoint).Should().HaveCountGreaterThanOrEqualTo(2);
        }

        world.Witnesses.Should().OnlyContain(witness => witness.Requests.All(asked => asked.Size > 0));
    }

    [Fact]
    public async Task Submit_EnclaveFinality_WaitsForNoWitness()
    {
        await using var world = new WitnessFixture();
        foreach (var witness in world.Witnesses)
            world.Replace(ScriptedWitness.Hung(witness.Name));
        await using var fixture = await world.StartAsync();

        (await fixture.SequenceAsync("entry")).IsWitnessed.Should().BeFalse();
        (await fixture.Core.ReadWitnessedCheckpointAsync(CoreFixture.Chain(), None)).Should().BeNull();
        (await fixture.Core.ReadCheckpointAsync(CoreFixture.Chain(), None)).Should().NotBeNull();
    }

    [Fact]
    public async Task Submit_ChainOfWitnessedFinality_NeedNotAsk()
    {
        await using var world = new WitnessFixture();
        await using var fixture = await world.StartAsync(
            options => options.ChainDefaults.Finality = Finality.Witnessed);

        (await fixture.SequenceAsync("entry")).IsWitnessed.Should().BeTrue();
        (await SequenceAsync(fixture, "another", Finality.Enclave)).IsWitnessed.Should().BeFalse();
    }

    [Fact]
    public async Task Submit_NoQuorumInTime_NamesTheIndexThatIsKept()
    {
        await using var world = new WitnessFixture();
        world.Replace(ScriptedWitness.Hung("w1"));
        world.Replace(ScriptedWitness.Always("w2", new WitnessAnswer.Unreachable("nobody listens")));
        SequencerOptions settings = null!;
        await using var fixture = await world.StartAsync(options => settings = options);
        await fixture.SequenceAsync("first");
        // Only the wait for witnesses is short: how long the outcome itself may take was settled at the start.
        settings.OutcomeTimeoutSeconds = 1;

        var refused = (await SubmitAsync(fixture, "second")).Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal;

        refused.Code.Should().Be(RefusalCode.WitnessTimeout);
        refused.FirstIndex.Should().Be(1);
        var entry = await fixture.Core.ReadEntryAsync(CoreFixture.Chain(), 1, None);
        Encoding.UTF8.GetString(entry!.Data.Span).Should().Be("second");
    }

    [Fact]
    public async Task Submit_MoreThanMayWaitForWitnesses_IsRefusedBeforeItHasAPlace()
    {
        await using var world = new WitnessFixture();
        foreach (var witness in world.Witnesses)
            world.Replace(ScriptedWitness.Hung(witness.Name));
        await using var fixture = await world.StartAsync(options => options.QueueMaxEntries = 2);
        Task<SubmitOutcome>[] waiting = [SubmitAsync(fixture, "first"), SubmitAsync(fixture, "second")];
        // Both have their places: from then on the queue itself is empty.
        await Until.TrueAsync(() => fixture.Core.Status.QueueEntries == 0);

        var third = await SubmitAsync(fixture, "third");

        third.Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal.Code.Should().Be(RefusalCode.QueueFull);
        (await fixture.SequenceAsync("who does not wait")).FirstIndex.Should().Be(2);
        await fixture.Core.StopAsync(new CancellationToken(canceled: true));
        (await Task.WhenAll(waiting)).Should().AllBeOfType<SubmitOutcome.Refused>()
            .Which.Should().OnlyContain(refused => refused.Refusal.Code == RefusalCode.WitnessTimeout);
    }

    public static TheoryData<string> BadWitnesses =>
        ["dead", "silent", "lying", "refusing", "behind", "ahead", "other key"];

    [Theory]
    [MemberData(nameof(BadWitnesses))]
    public async Task ABadWitness_DelaysNobodyButItself(string kind)
    {
        await using var world = new WitnessFixture();
        var bad = Bad(kind, world);
        world.Replace(bad);
        await using var fixture = await world.StartAsync(options => options.OutcomeTimeoutSeconds = 20);

        for (var i = 0; i < 10; i++)
        {
            var note = Encoding.UTF8.GetString((await SequenceAsync(fixture, $"entry {i}")).Checkpoint.Span);
            world.VerifyQuorum(note).Should().Equal("w2", "w3");
        }

        bad.Asked.Should().BePositive();
    }

    [Fact]
    public async Task ReadEntry_ShowsTheQuorumAsSoonAsOneCoversIt()
    {
        await using var world = new WitnessFixture();
        await using var fixture = await world.StartAsync();
        await SequenceAsync(fixture, "covered");

        var reading = await fixture.Core.ReadEntryAsync(CoreFixture.Chain(), 0, None);

        var receipt = new ArrayBufferWriter<byte>();
        reading!.WriteReceipt(receipt, bundle: false);
        var text = Encoding.UTF8.GetString(receipt.WrittenSpan);
        CoreFixture.VerifyReceipt(text, "covered");
        world.VerifyQuorum(TlogProof.Parse(text).Checkpoint);
    }

    [Fact]
    public async Task Restart_KeepsTheWitnessedCheckpoint_AndAsksFromWhatWasCosigned()
    {
        await using var world = new WitnessFixture();
        await using (var first = await world.StartAsync())
        {
            await SequenceAsync(first, "entry");
            // Callers are answered a moment before the quorum is written down.
            await Until.TrueAsync(() => world.Ledger.WitnessedCheckpoint(new ChainNumber(1)) is not null);
        }

        world.Witnesses.ToList().ForEach(witness => witness.Requests.Clear());
        await world.Enclave.RebootAsync();

        await using var second = await world.StartAsync();
        var kept = await second.Core.ReadWitnessedCheckpointAsync(CoreFixture.Chain(), None);
        world.VerifyQuorum(Encoding.UTF8.GetString(kept!.Value.Span));
        await SequenceAsync(second, "another");

        // Two of them were known to have cosigned size 1: nothing had to be taught. Two make a quorum, and these may be
        // others: the third is asked as well, but not waited for.
        await Until.TrueAsync(() => world.Witnesses.All(witness => !witness.Requests.IsEmpty));
        world.Witnesses.Count(witness => witness.Requests.FirstOrDefault().OldSize == 1)
            .Should().BeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task Restart_WithAnotherPolicy_DoesNotPassTheOldQuorumForTheNewOne()
    {
        await using var world = new WitnessFixture();
        await using (var first = await world.StartAsync())
            await SequenceAsync(first, "entry");
        var strangers = new[] { "s1", "s2" }.Select(name => new ModelWitness(
            name, _ => CoreFixture.LogVerifier(CoreFixture.Chain()), TimeProvider.System)).ToList();

        await using var second = await CoreFixture.StartAsync(
            new MemoryLedgerSource(world.Ledger), world.Enclave, configure: null, new WitnessNetwork
            {
                Policy = TlogPolicy.Parse(ModelWitness.PolicyTextOf(2, strangers)),
                Clients = [.. strangers.Select(stranger => ScriptedWitness.Hung(stranger.Name))],
            });

        (await second.Core.ReadCheckpointAsync(CoreFixture.Chain(), None)).Should().NotBeNull();
        (await second.Core.ReadWitnessedCheckpointAsync(CoreFixture.Chain(), None)).Should().BeNull();
    }

    [Fact]
    public async Task ManyChains_AreAllWitnessed_WithFewRequestsAtATime()
    {
        await using var world = new WitnessFixture();
        var (atOnce, most) = (0, 0);
        foreach (var honest in world.Witnesses)
        {
            world.Replace(new ScriptedWitness(honest.Name, async (old, checkpoint, cancellation) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref atOnce));
                await Task.Yield();
                // The proof is empty from size 0 to the chain's only entry.
                var answer = await honest.AddCheckpointAsync(old, [], checkpoint, cancellation);
                Interlocked.Decrement(ref atOnce);
                return answer;
            }));
        }

        await using var fixture = await world.StartAsync();
        var ranges = await Task.WhenAll(Enumerable.Range(0, 500).Select(
            i => SequenceAsync(fixture, "entry", chain: $"chain-{i}")));

        for (var i = 0; i < ranges.Length; i++)
            world.VerifyQuorum(Encoding.UTF8.GetString(ranges[i].Checkpoint.Span), $"chain-{i}");
        most.Should().BeLessThanOrEqualTo(world.Witnesses.Count * WitnessWorker.RequestsMax);
    }

    [Fact]
    public async Task Interval_IsTheLeastTimeBetweenTwoCheckpointsOfAChain()
    {
        await using var world = new WitnessFixture();
        await using var fixture = await world.StartAsync(interval: TimeSpan.FromHours(1));
        await SequenceAsync(fixture, "first");
        for (var i = 0; i < 50; i++)
            await fixture.SequenceAsync($"entry {i}");
        await SequenceAsync(fixture, "elsewhere", chain: "other");

        foreach (var witness in world.Witnesses)
            witness.Requests.Count(asked => asked.Origin.EndsWith("demo", StringComparison.Ordinal))
                .Should().BeLessThanOrEqualTo(1);
    }

    private static ScriptedWitness Bad(string kind, WitnessFixture world)
    {
        var impostor = new ModelWitness(
            "other", origin => CoreFixture.LogVerifier(CoreFixture.Chain()), TimeProvider.System);
        return kind switch
        {
            "dead" => ScriptedWitness.Always("w1", new WitnessAnswer.Unreachable("connection refused")),
            "silent" => ScriptedWitness.Hung("w1"),
            "lying" => ScriptedWitness.Always("w1", new WitnessAnswer.Cosigned(Encoding.UTF8.GetBytes(
                NoteSignature.Cosignature(world.Witnesses[0].Key, 1, new byte[64]).ToLine()))),
            "refusing" => ScriptedWitness.Always("w1", new WitnessAnswer.Refused(404, "no such log")),
            "behind" => ScriptedWitness.Always("w1", new WitnessAnswer.Behind(0)),
            "ahead" => ScriptedWitness.Always("w1", new WitnessAnswer.Behind(1_000_000)),
            _ => new ScriptedWitness("w1", (_, checkpoint, cancellation) =>
                impostor.AddCheckpointAsync(0, [], checkpoint, cancellation)),
        };
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
            Interlocked.CompareExchange(ref most, value, seen);
    }

    private static async Task<SubmitOutcome> SubmitAsync(
        CoreFixture fixture, string text, Finality finality = Finality.Witnessed, string chain = "demo") =>
        await fixture.Core.SubmitAsync(
            new Submission
            {
                Chain = CoreFixture.Chain(chain),
                Entries = [Encoding.UTF8.GetBytes(text)],
                Finality = finality,
            },
            None);

    private static async Task<SequencedRange> SequenceAsync(
        CoreFixture fixture, string text, Finality finality = Finality.Witnessed, string chain = "demo") =>
        (await SubmitAsync(fixture, text, finality, chain)).Should().BeOfType<SubmitOutcome.Sequenced>().Which.Range;
}
