using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>A sealed chain whose enclave wants two of three witnesses, and whose gateway wants all three.</summary>
public sealed class ChainWitnessingTests
{
    private const int W1 = 0, W2 = 1, W3 = 2;

    private readonly List<ModelWitness> _witnesses =
        [.. Enumerable.Range(1, 3).Select(i => new ModelWitness($"w{i}", LogKeyOf, TimeProvider.System))];

    private readonly Chain _chain;

    public ChainWitnessingTests() => _chain = SignedTree.MakeChain("demo", 10, PolicyOf(3, _witnesses));

    private ChainWitnessing Witnessing => _chain.Witnessing!;

    /// <summary>A seal leaves the round alone in which the rest of the witnesses are asked.</summary>
    [Fact]
    public void Seals_OneAfterTheOther_LeaveTheRoundThatWantsMoreToItsWitnesses()
    {
        Seal(1);
        var late = Witnessing.QuestionFor(W3)!.Value;
        Seal(2);
        Demand(3);

        Witnessing.QuestionFor(W1)!.Value.Round.Checkpoint.Size.Should().Be(3, "it has cosigned the round");
        Answer(W3, late).Should().Be(WitnessGain.Quorum);
        Witnessing.Witnessed!.Size.Should().Be(1);
        CosignersOf(Witnessing.Witnessed.Note).Should().Equal("w1", "w2", "w3");
        Witnessing.QuestionFor(W3)!.Value.Round.Checkpoint.Size.Should().Be(3, "it has left nothing out");
    }

    [Fact]
    public void Seals_AfterTheRoundHasItsQuorum_BeginTheNext()
    {
        for (var size = 1UL; size <= 5; size++)
        {
            Seal(size);
            Answer(W3, Witnessing.QuestionFor(W3)!.Value).Should().Be(WitnessGain.Quorum);
            Witnessing.Witnessed!.Size.Should().Be(size);
        }
    }

    /// <summary>Between a quorum and its seal the newest durable checkpoint is one that witnesses have left behind.
    /// </summary>
    [Fact]
    public void TryBegin_WitnessesHaveCosignedWhatIsNotSealedYet_IsTooEarly()
    {
        Witnessing.NoteDurable(SignedTree.CheckpointOf(_chain, 1));
        var demand = Demand(2);
        Answer(W1, new WitnessQuestion(demand, 0));
        Answer(W2, new WitnessQuestion(demand, 0));
        Witnessing.EndDemand(demand);

        Witnessing.TryBegin(now: 0).Should().BeFalse();
        Witnessing.NoteDurable(SignedTree.CheckpointOf(_chain, 2));
        Witnessing.TryBegin(now: 0).Should().BeTrue();
    }

    /// <summary>What one witness says must not have the others asked about what they have left behind.</summary>
    [Fact]
    public void Learn_TheLastWitnessIsAhead_GivesTheRoundUpForTheNextSeal()
    {
        Seal(1);
        Witnessing.NoteDurable(SignedTree.CheckpointOf(_chain, 2));
        Demand(3);
        var question = Witnessing.QuestionFor(W3)!.Value;

        Witnessing.Learn(W3, question.Round, size: 2, now: 0).Should().Be(WitnessLesson.AskAgain);

        Witnessing.QuestionFor(W3)!.Value.Should().Be(new WitnessQuestion(Witnessing.QuestionFor(W1)!.Value.Round, 2));
    }

    [Fact]
    public void Accept_BeyondTheQuorum_IsMoreAndNoQuorumAnew()
    {
        var chain = SignedTree.MakeChain("demo", 1, PolicyOf(2, _witnesses));
        chain.Witnessing!.NoteDurable(SignedTree.CheckpointOf(chain, 1));
        chain.Witnessing.TryBegin(now: 0).Should().BeTrue();

        new[] { W1, W2, W3 }.Select(place => Answer(place, chain.Witnessing.QuestionFor(place)!.Value, chain))
            .Should().Equal(WitnessGain.None, WitnessGain.Quorum, WitnessGain.More);
    }

    /// <summary>A sealed chain under load, whose third witness always answers late.</summary>
    [Fact]
    public async Task SealedChainUnderLoad_HasItsWitnessedCheckpoint()
    {
        await using var world = new WitnessFixture(["*"]);
        var (asked, isOver) = (0, false);
        world.Witnesses[W1].Before = _ =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        };
        world.Witnesses[W3].Before = async _ =>
        {
            // Until the next seals have come.
            var until = Volatile.Read(ref asked) + 3;
            await Until.TrueAsync(() => Volatile.Read(ref asked) >= until || Volatile.Read(ref isOver));
        };
        await using var fixture = await CoreFixture.StartAsync(
            new MemoryLedgerSource(world.Ledger), world.Enclave, configure: null,
            world.Network() with { Policy = PolicyOf(3, world.Witnesses) });

        ReadOnlyMemory<byte>? witnessed = null;
        for (var i = 0; i < 200 && witnessed is null; i++)
        {
            await fixture.SequenceAsync($"entry {i}");
            witnessed = await fixture.Core.ReadWitnessedCheckpointAsync(CoreFixture.Chain(), CancellationToken.None);
        }

        Volatile.Write(ref isOver, true);
        CosignersOf(witnessed!.Value).Should().Equal("w1", "w2", "w3");
    }

    private static VerifierKey LogKeyOf(string origin) => CoreFixture.LogVerifier(CoreFixture.Chain());

    private static TlogPolicy PolicyOf(int quorum, IEnumerable<ModelWitness> witnesses) =>
        TlogPolicy.Parse(ModelWitness.PolicyTextOf(quorum, witnesses));

    private IEnumerable<string> CosignersOf(ReadOnlyMemory<byte> note) => SignedNote.Parse(note.Span)
        .Verify([.. _witnesses.Select(witness => witness.Key)]).Keys.Select(key => key.Name);

    private WitnessRound Demand(ulong size) => Witnessing.Demand(
        SignedTree.CheckpointOf(_chain, size), PolicyOf(2, _witnesses), timeMin: 0, now: 0);

    /// <summary>The first two witnesses make the enclave's quorum, and the enclave seals.</summary>
    private void Seal(ulong size)
    {
        var demand = Demand(size);
        foreach (var place in new[] { W1, W2 })
            Answer(place, Witnessing.QuestionFor(place)!.Value);
        Witnessing.EndDemand(demand);
        var sealedNow = demand.Witnessed();
        Witnessing.TryCountQuorum(sealedNow).Should().BeFalse();
        Witnessing.TryGoOn(sealedNow, now: 0);
    }

    private WitnessGain Answer(int place, WitnessQuestion question, Chain? of = null)
    {
        var chain = of ?? _chain;
        var proof = chain.Tree!.ProveConsistency(question.OldSize, question.Round.Checkpoint.Size);
        var answer = _witnesses[place].AddCheckpoint(question.OldSize, proof, question.Round.Checkpoint.Note);
        var lines = answer.Should().BeOfType<WitnessAnswer.Cosigned>().Which.Lines;
        var cosignature = CosignatureCheck.Find(lines, question.Round.Text, _witnesses[place].Key);
        return chain.Witnessing!.Accept(place, question.Round, cosignature, time: 1);
    }
}
