using System.Text;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>A chain of witnessed finality: proposed, witnessed, and only then cosigned.</summary>
public sealed class SealedChainTests : IDisposable
{
    private static readonly Hash[] Leaves = Tree.Leaves(0, 12);

    private readonly TestWitnesses _witnesses = new("a", "b", "c");
    private readonly Epoch _epoch;

    public SealedChainTests() => _epoch = Opened(Epoch.Start);

    [Fact]
    public void Append_AnswersWithAProposal_WhichIsNoCosignature()
    {
        var before = _epoch.Head();
        var result = _epoch.Append(0, Leaves[..3], wantNodes: true);
        (result.FirstIndex, result.NewSize, result.Root)
            .Should().Be((0ul, 3ul, Tree.Root(Leaves.AsSpan(0, 3))));
        (result.Time, result.Cosignature.Length, result.Nodes!.Value.Length).Should().Be((0ul, 0, 32));
        var text = At(3).ToNoteText();
        ProposalKey.Verify(Encoding.UTF8.GetBytes(text), result.Proposal!.Value.Span);
        var asCosignature = () => ProposalKey.Verify(
            Cosignature.Message(0, text), result.Proposal!.Value.Span);
        asCosignature.Should().Throw<TlogException>();

        var head = _epoch.Head();
        (head with { Proposal = null }).Should().Be(before, "the head is what was cosigned");
        head.Proposal!.Should().Match<Proposal>(p => p.Size == 3 && p.Root == result.Root);
        head.Proposal!.Signature.ToArray().Should().Equal(result.Proposal!.Value.ToArray());
    }

    [Fact]
    public void Append_WhileAProposalIsUnsealed_IsRefused_ButForItsExactRepeat()
    {
        var first = _epoch.Append(0, Leaves[..3]);
        (ulong Size, Hash[] Leaves)[] others =
            [(0, Leaves[..2]), (0, Leaves[1..4]), (3, Leaves[3..5]), (1, Leaves[1..3]), (9, Leaves[..3])];
        foreach (var (size, portion) in others)
        {
            _epoch.Append(size, portion).Refusal!.Reason
                .Should().Be(EnclaveRefusalReason.ProposalUnsealed);
        }

        _epoch.Advance(TimeSpan.FromSeconds(5));
        Epoch.Encoded(_epoch.Append(0, Leaves[..3])).Should().Equal(Epoch.Encoded(first));
    }

    [Fact]
    public void Seal_WithAQuorum_MakesTheProposalTheHead()
    {
        _epoch.Append(0, Leaves[..3]);
        _epoch.Advance(TimeSpan.FromSeconds(7));
        // No clock has a say: cosignatures from long ago, and from as far ahead as any counts.
        var lines = _witnesses.Lines(At(3), 1, "a") + _witnesses.Lines(At(3), 253_402_300_799, "c");
        var head = _epoch.Ask<SealReply>(new SealRequest(Epoch.Demo, 3, lines)).Head;
        (head.Size, head.Root, head.Time, head.Proposal, head.Handover).Should().Be(
            (3ul, Tree.Root(Leaves.AsSpan(0, 3)), Epoch.Start + 10, null, null));
        _epoch.Verify(head);
        _epoch.Head().Should().Be(head);

        _epoch.Advance(TimeSpan.FromSeconds(7));
        _epoch.Ask<SealReply>(new SealRequest(Epoch.Demo, 3, "")).Head.Should().Be(head, "a lost answer");
        _epoch.Append(3, Leaves[3..5]).NewSize.Should().Be(5);
    }

    [Fact]
    public void Append_RepeatedAfterItsSeal_GetsTheSameAnswer()
    {
        var first = _epoch.Append(0, Leaves[..3]);
        Seal(_epoch, 3);
        Epoch.Encoded(_epoch.Append(0, Leaves[..3])).Should().Equal(Epoch.Encoded(first));
        _epoch.Append(0, Leaves[..2]).Refusal!.Reason.Should().Be(EnclaveRefusalReason.SizeMismatch);
    }

    [Fact]
    public void Seal_WithoutAQuorumOnThatVeryProposal_IsRefused()
    {
        _epoch.Append(0, Leaves[..3]);
        string[] missing =
        [
            "",
            _witnesses.Lines(At(3), Epoch.Start, "b"),
            _witnesses.Lines(At(2), Epoch.Start, "a", "b", "c"),
            _witnesses.Lines(At(3) with { Root = Leaves[0] }, Epoch.Start, "a", "b", "c"),
        ];
        foreach (var lines in missing)
        {
            _epoch.Refused(new SealRequest(Epoch.Demo, 3, lines)).Reason
                .Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
        }

        _epoch.Head().Should().Match<Head>(head => head.Size == 0 && head.Proposal!.Size == 3);
    }

    [Fact]
    public void Seal_OfWhatWasNotProposed_IsRefused()
    {
        _epoch.Refused(Sealing(3)).Reason.Should().Be(EnclaveRefusalReason.ProposalUnknown);
        _epoch.Append(0, Leaves[..3]);
        foreach (var size in new[] { 2, 4 })
            _epoch.Refused(Sealing(size)).Reason.Should().Be(EnclaveRefusalReason.ProposalUnknown);
        _epoch.Ask<SealReply>(Sealing(3));
        _epoch.Append(3, Leaves[3..5]);
        _epoch.Refused(Sealing(4)).Reason.Should().Be(EnclaveRefusalReason.ProposalUnknown);
    }

    [Fact]
    public void Seal_OfAChainThatIsNotHeld_OrRetired_IsRefused()
    {
        _epoch.Refused(new SealRequest(Epoch.Prefix + "/x", 1, "")).Reason
            .Should().Be(EnclaveRefusalReason.UnknownOrigin);
        _epoch.Append(0, Leaves[..3]);
        _epoch.Ask<RetireReply>(new RetireRequest(Epoch.Demo));
        _epoch.Refused(Sealing(3)).Reason.Should().Be(EnclaveRefusalReason.Retired);
    }

    [Fact]
    public void Seal_OnAChainThatIsFinalByTheEnclave_HasNothingToSeal()
    {
        using var epoch = Epoch.Boot();
        epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        epoch.Append(0, Leaves[..3]).Proposal.Should().BeNull();
        epoch.Refused(Sealing(2)).Reason.Should().Be(EnclaveRefusalReason.ProposalUnknown);
    }

    [Fact]
    public void Seal_WhenTheClockIsStale_IsRefused_AndLater_Done()
    {
        _epoch.Append(0, Leaves[..3]);
        _epoch.Advance(TimeSpan.FromSeconds(1801));
        _epoch.Refused(Sealing(3)).Reason.Should().Be(EnclaveRefusalReason.ClockStale);
        _epoch.Machine.Renew();
        _epoch.Ask<SealReply>(Sealing(3));
    }

    [Fact]
    public void Resume_FromTheProposal_GoesOnFromThere_AndSaysSoInTheHandover()
    {
        var (resume, proposal) = Crashed();
        using var next = Begun();
        var head = next.Ask<OpenReply>(Witnessed(resume with { Proposal = proposal }, At(8))).Head;
        (head.Size, head.Root, head.Proposal).Should().Be((8ul, Tree.Root(Leaves.AsSpan(0, 8)), null));
        next.Verify(head);
        var handover = new Handover(At(8), _epoch.Machine.Cosigner, next.Machine.Cosigner, head.Time);
        next.Machine.Cosigner.Verify(
            Encoding.UTF8.GetBytes(handover.ToNoteText()), head.Handover!.Value.Span);
        next.Append(8, Leaves[8..]).NewSize.Should().Be(12);
        next.Head().Handover.Should().NotBeNull("the head is still the one that was adopted");
        Seal(next, 12);
        next.Head().Handover.Should().BeNull();
    }

    [Fact]
    public void Resume_WithoutTheProposal_GoesOnFromTheHead()
    {
        var (resume, _) = Crashed();
        using var next = Begun();
        next.Ask<OpenReply>(Witnessed(
            resume with { CompactRange = Tree.Range(Leaves.AsSpan(0, 5)) }, At(5))).Head.Size.Should().Be(5);
    }

    [Fact]
    public void Resume_AQuorumOnTheHead_IsNoneOnTheProposal()
    {
        var (resume, proposal) = Crashed();
        using var next = Begun();
        next.Refused(Witnessed(resume with { Proposal = proposal }, At(5))).Reason
            .Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
    }

    [Fact]
    public void Resume_AProposalThatThePriorEpochDidNotMake_IsRefused()
    {
        var (resume, proposal) = Crashed();
        var flipped = proposal.Signature.ToArray();
        flipped[9] ^= 1;
        using var stranger = Opened(Epoch.Start);
        PriorProposal[] wrong =
        [
            proposal with { Signature = flipped },
            proposal with { Checkpoint = At(9).ToNoteText() },
            proposal with { Checkpoint = "rubbish" },
            proposal with { Checkpoint = proposal.Checkpoint + "more\n" },
            proposal with { Signature = stranger.Append(0, Leaves[..8]).Proposal!.Value },
            proposal with { Signature = resume.Cosignature },
        ];
        using var next = Begun();
        foreach (var other in wrong)
        {
            next.Refused(Witnessed(resume with { Proposal = other }, At(8))).Reason
                .Should().Be(EnclaveRefusalReason.ResumeProposal);
        }
    }

    [Fact]
    public void Resume_AProposalThatIsNotBeyondTheHead_OrOfAnotherChain_IsRefused()
    {
        const string other = Epoch.Prefix + "/other";
        Open(_epoch, other, Epoch.Start + 3);
        var foreign = _epoch.Append(0, Leaves[..8], origin: other).Proposal!.Value;
        var early = _epoch.Append(0, Leaves[..3]).Proposal!.Value;
        Seal(_epoch, 3);
        var resume = _epoch.ToResume(Leaves[..3]);
        PriorProposal[] wrong =
        [
            new PriorProposal(At(3).ToNoteText(), early),
            new PriorProposal((At(8) with { Origin = other }).ToNoteText(), foreign),
        ];
        using var next = Begun();
        foreach (var proposal in wrong)
        {
            next.Refused(Witnessed(resume with { Proposal = proposal }, At(3))).Reason
                .Should().Be(EnclaveRefusalReason.ResumeProposal);
        }
    }

    [Fact]
    public void Resume_AChainThatWasFinalByTheEnclave_BecomesOneOfWitnessedFinality()
    {
        using var before = Epoch.Boot();
        before.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        before.Append(0, Leaves[..5]);
        using var next = Begun();
        next.Ask<OpenReply>(Witnessed(before.ToResume(Leaves[..5]), At(5)));
        next.Append(5, Leaves[5..]).Proposal.Should().NotBeNull();
    }

    public void Dispose()
    {
        _epoch.Dispose();
        _witnesses.Dispose();
    }

    private VerifierKey ProposalKey => _epoch.Machine.Cosigner.AsSigner();

    private static Checkpoint At(int size) =>
        new(Epoch.Demo, (ulong)size, Tree.Root(Leaves.AsSpan(0, size)));

    private SealRequest Sealing(int size) =>
        new(Epoch.Demo, (ulong)size, _witnesses.Lines(At(size), Epoch.Start, "a", "b"));

    private void Seal(Epoch epoch, int size) => epoch.Ask<SealReply>(Sealing(size));

    /// <summary>An epoch that holds the chain, empty.</summary>
    private Epoch Opened(ulong now)
    {
        var epoch = Epoch.Boot(now, _witnesses.Demand(2, "*"));
        Open(epoch, Epoch.Demo, now);
        return epoch;
    }

    private void Open(Epoch epoch, string origin, ulong begun)
    {
        epoch.Ask<BeginOpenReply>(new BeginOpenRequest(origin));
        epoch.Advance(TimeSpan.FromSeconds(3));
        var lines = _witnesses.Lines(new Checkpoint(origin, 0, MerkleHash.Empty), begun + 3, "a", "b");
        epoch.Ask<OpenReply>(new CreateRequest(origin, lines));
    }

    /// <summary>Sealed at 5, proposed at 8.</summary>
    private (ResumeRequest Resume, PriorProposal Proposal) Crashed()
    {
        _epoch.Append(0, Leaves[..5]);
        Seal(_epoch, 5);
        var proposed = _epoch.Append(5, Leaves[5..8]);
        return (_epoch.ToResume(Leaves[..8]),
            new PriorProposal(At(8).ToNoteText(), proposed.Proposal!.Value));
    }

    private Epoch Begun()
    {
        var epoch = Epoch.Boot(Epoch.Start + 100, _witnesses.Demand(2, "*"));
        epoch.Ask<BeginOpenReply>(new BeginOpenRequest(Epoch.Demo));
        epoch.Advance(TimeSpan.FromSeconds(3));
        return epoch;
    }

    private ResumeRequest Witnessed(ResumeRequest resume, Checkpoint checkpoint) =>
        resume with { WitnessLines = _witnesses.Lines(checkpoint, Epoch.Start + 103, "b", "c") };
}
