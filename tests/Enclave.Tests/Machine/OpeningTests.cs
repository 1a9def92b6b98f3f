using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>An enclave whose image names witnesses opens a chain with their quorum, or not at all.</summary>
public sealed class OpeningTests : IDisposable
{
    private static readonly Checkpoint Empty = new(Epoch.Demo, 0, MerkleHash.Empty);

    private readonly TestWitnesses _witnesses = new("a", "b", "c");
    private readonly Epoch _epoch;

    public OpeningTests() => _epoch = Epoch.Boot(configuration: _witnesses.Demand(2));

    [Fact]
    public void Create_WithAFreshQuorumOnTheEmptyChain_IsAnswered()
    {
        var begun = _epoch.Ask<BeginOpenReply>(new BeginOpenRequest(Epoch.Demo));
        begun.Should().Be(new BeginOpenReply(Epoch.Start, Epoch.Start + 3));
        _epoch.Advance(TimeSpan.FromSeconds(3));
        var lines = _witnesses.Lines(Empty, begun.WitnessTimeMin, "a", "c");
        var head = _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo, lines)).Head;
        (head.Size, head.Time).Should().Be((0ul, Epoch.Start + 3));
        _epoch.Verify(head);
    }

    [Fact]
    public void Create_WithoutABeginning_IsRefused() =>
        _epoch.Refused(Create(Epoch.Start + 3)).Reason.Should().Be(EnclaveRefusalReason.OpenNotBegun);

    [Fact]
    public void Create_WithoutAQuorum_IsRefused_AndMayTryAgain()
    {
        Begin();
        _epoch.Refused(new CreateRequest(Epoch.Demo)).Reason
            .Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
        _epoch.Refused(new CreateRequest(Epoch.Demo, _witnesses.Lines(Empty, Epoch.Start + 3, "b"))).Reason
            .Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
        _epoch.Ask<HeadsReply>(new HeadsRequest([Epoch.Demo])).Heads.Should().BeEmpty();
        _epoch.Ask<OpenReply>(Create(Epoch.Start + 3));
    }

    [Fact]
    public void Create_WithCosignaturesFromBeforeTheBeginning_IsRefused()
    {
        Begin();
        _epoch.Refused(Create(Epoch.Start + 2)).Reason
            .Should().Be(EnclaveRefusalReason.WitnessCosignatureStale);
        // Beginning anew makes old what would just have counted.
        _epoch.Ask<BeginOpenReply>(new BeginOpenRequest(Epoch.Demo));
        _epoch.Refused(Create(Epoch.Start + 3)).Reason
            .Should().Be(EnclaveRefusalReason.WitnessCosignatureStale);
    }

    [Fact]
    public void Create_LongAfterItWasBegun_WantsCosignaturesOfTheLastMinute()
    {
        Begin();
        _epoch.Advance(TimeSpan.FromSeconds(600));
        _epoch.Refused(Create(Epoch.Start + 542)).Reason
            .Should().Be(EnclaveRefusalReason.WitnessCosignatureStale);
        _epoch.Ask<OpenReply>(Create(Epoch.Start + 543));
    }

    [Fact]
    public void ABeginning_IsOfOneChain()
    {
        const string other = Epoch.Prefix + "/other";
        Begin();
        var lines = _witnesses.Lines(Empty with { Origin = other }, Epoch.Start + 3, "a", "b");
        _epoch.Refused(new CreateRequest(other, lines)).Reason.Should().Be(EnclaveRefusalReason.OpenNotBegun);
    }

    [Fact]
    public void Begin_OfAChainThatCannotBeOpened_IsRefused()
    {
        _epoch.Refused(new BeginOpenRequest("other.test/log/demo")).Reason
            .Should().Be(EnclaveRefusalReason.OriginNotAllowed);
        Begin();
        _epoch.Ask<OpenReply>(Create(Epoch.Start + 3));
        _epoch.Refused(new BeginOpenRequest(Epoch.Demo)).Reason.Should().Be(EnclaveRefusalReason.AlreadyHeld);
    }

    [Fact]
    public void Begin_MoreOftenThanThereAreChains_IsRefused_UntilOneIsOpen()
    {
        using var small = Epoch.Boot(configuration: _witnesses.Demand(2) with { ChainsMax = 2 });
        BeginOpenRequest[] begin = [.. "abc".Select(id => new BeginOpenRequest($"{Epoch.Prefix}/{id}"))];
        small.Ask<BeginOpenReply>(begin[0]);
        small.Ask<BeginOpenReply>(begin[1]);
        small.Refused(begin[2]).Reason.Should().Be(EnclaveRefusalReason.ChainsFull);
        small.Ask<BeginOpenReply>(begin[1]);
        small.Advance(TimeSpan.FromSeconds(3));
        var lines = _witnesses.Lines(Empty with { Origin = begin[1].Origin }, Epoch.Start + 3, "a", "b");
        small.Ask<OpenReply>(new CreateRequest(begin[1].Origin, lines));
        small.Ask<BeginOpenReply>(begin[2]);
    }

    [Fact]
    public void Resume_NeedsAQuorumOnTheVeryCheckpoint()
    {
        Begin();
        _epoch.Ask<OpenReply>(Create(Epoch.Start + 3));
        var leaves = Tree.Leaves(0, 7);
        _epoch.Append(0, leaves);
        var resume = _epoch.ToResume(leaves);
        using var next = Epoch.Boot(Epoch.Start + 100, _witnesses.Demand(2));
        next.Ask<BeginOpenReply>(new BeginOpenRequest(Epoch.Demo));
        next.Advance(TimeSpan.FromSeconds(3));

        var shorter = new Checkpoint(Epoch.Demo, 6, Tree.Root(leaves.AsSpan(0, 6)));
        foreach (var other in new[] { shorter, Empty })
        {
            var all = _witnesses.Lines(other, Epoch.Start + 103, "a", "b", "c");
            next.Refused(resume with { WitnessLines = all }).Reason
                .Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
        }

        var lines = _witnesses.Lines(Checkpoint.Parse(resume.Checkpoint), Epoch.Start + 103, "b", "c");
        var head = next.Ask<OpenReply>(resume with { WitnessLines = lines }).Head;
        head.Size.Should().Be(7);
        next.Append(7, Tree.Leaves(7, 1)).Refusal.Should().BeNull();
    }

    [Fact]
    public void Describe_TellsWhatIsDemanded()
    {
        using var epoch = Epoch.Boot(configuration: _witnesses.Demand(3, "demo", "x"));
        var description = epoch.Ask<DescribeReply>(new DescribeRequest());
        description.WitnessPolicy.Should().Be(_witnesses.Policy(3));
        description.WitnessedChains.Should().Equal("demo", "x");
    }

    [Fact]
    public void WithoutAPolicy_NothingIsDemanded_AndLinesAreNotRead()
    {
        using var epoch = Epoch.Boot();
        epoch.Ask<BeginOpenReply>(new BeginOpenRequest(Epoch.Demo))
            .Should().Be(new BeginOpenReply(Epoch.Start, 0));
        epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo, "rubbish"));
        var description = epoch.Ask<DescribeReply>(new DescribeRequest());
        (description.WitnessPolicy, description.WitnessedChains.Count).Should().Be(("", 0));
    }

    public void Dispose()
    {
        _epoch.Dispose();
        _witnesses.Dispose();
    }

    private void Begin()
    {
        _epoch.Ask<BeginOpenReply>(new BeginOpenRequest(Epoch.Demo));
        _epoch.Advance(TimeSpan.FromSeconds(3));
    }

    private CreateRequest Create(ulong time) => new(Epoch.Demo, _witnesses.Lines(Empty, time, "a", "b"));
}
