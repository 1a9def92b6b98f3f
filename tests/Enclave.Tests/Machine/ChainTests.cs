using System.Runtime.InteropServices;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>One chain within one epoch.</summary>
public sealed class ChainTests : IDisposable
{
    private readonly Epoch _epoch = Epoch.Boot();

    [Fact]
    public void Create_ANewChain_IsCosignedEmpty()
    {
        var head = _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo)).Head;
        head.Should().BeEquivalentTo(
            new
            {
                Origin = Epoch.Demo,
                Size = 0ul,
                Root = MerkleHash.Empty,
                Time = Epoch.Start,
                Handover = (object?)null,
            });
        _epoch.Verify(head);
    }

    [Theory]
    [InlineData("")]
    [InlineData("demo")]
    [InlineData("sequencer.test/log")]
    [InlineData("sequencer.test/log/")]
    [InlineData("sequencer.test/logs/demo")]
    [InlineData("Sequencer.test/log/demo")]
    [InlineData("sequencer.test/log/Demo")]
    [InlineData("sequencer.test/log/../demo")]
    [InlineData("sequencer.test/log/.demo")]
    [InlineData("sequencer.test/log/_enclave")]
    [InlineData("sequencer.test/log/_simulated-enclave")]
    [InlineData("sequencer.test/log/demo\n")]
    [InlineData("sequencer.test/log/demo/x")]
    [InlineData("sequencer.test/log/a234567890123456789012345678901234567890123456789012345678901234x")]
    public void Create_AnOriginOutsideTheRule_IsNotAllowed(string origin) =>
        _epoch.Refused(new CreateRequest(origin)).Reason.Should().Be(EnclaveRefusalReason.OriginNotAllowed);

    [Fact]
    public void Create_AChainThatIsHeld_IsRefused()
    {
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        _epoch.Append(0, Tree.Leaves(0, 3));
        _epoch.Refused(new CreateRequest(Epoch.Demo)).Reason.Should().Be(EnclaveRefusalReason.AlreadyHeld);
        _epoch.Head().Size.Should().Be(3);
    }

    [Fact]
    public void Create_BeyondTheNumberOfChains_IsRefused_AndNothingIsEvicted()
    {
        using var small = Epoch.Boot(configuration: Epoch.Configuration with { ChainsMax = 2 });
        small.Ask<OpenReply>(new CreateRequest(Epoch.Prefix + "/a"));
        small.Ask<OpenReply>(new CreateRequest(Epoch.Prefix + "/b"));
        small.Ask<RetireReply>(new RetireRequest(Epoch.Prefix + "/a"));
        small.Refused(new CreateRequest(Epoch.Prefix + "/c"))
            .Reason.Should().Be(EnclaveRefusalReason.ChainsFull);
        small.Head(Epoch.Prefix + "/a").Size.Should().Be(0);
    }

    [Fact]
    public void Append_InAnyPortions_GivesTheRootsOfTheRfc()
    {
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        var leaves = Tree.Leaves(0, 100);
        var size = 0;
        for (var portion = 1; size + portion <= leaves.Length; portion++)
        {
            var result = _epoch.Append((ulong)size, leaves[size..(size + portion)]);
            result.FirstIndex.Should().Be((ulong)size);
            size += portion;
            result.NewSize.Should().Be((ulong)size);
            result.Root.Should().Be(Tree.Root(leaves.AsSpan(0, size)));
            _epoch.Verify(_epoch.Head());
            _epoch.Head().Cosignature.ToArray().Should().Equal(result.Cosignature.ToArray());
        }
    }

    [Fact]
    public void Append_WantingNodes_GetsTheSubtreesThatBecamePerfect()
    {
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        var leaves = Tree.Leaves(0, 4);
        _epoch.Append(0, leaves[..1]).Nodes.Should().BeNull("they were not asked for");
        var nodes = _epoch.Append(1, leaves[1..], wantNodes: true).Nodes!.Value;
        MemoryMarshal.Cast<byte, Hash>(nodes.Span).ToArray().Should().Equal(
            Tree.Root(leaves.AsSpan(0, 2)), Tree.Root(leaves.AsSpan(2, 2)), Tree.Root(leaves));
    }

    [Fact]
    public void Append_TheExactRepeatOfTheLast_GetsTheSameAnswer()
    {
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        var leaves = Tree.Leaves(0, 5);
        var first = _epoch.Append(0, leaves);
        _epoch.Advance(TimeSpan.FromSeconds(10));
        var again = _epoch.Append(0, leaves, wantNodes: true);
        again.Should().BeEquivalentTo(first, options => options.ComparingByMembers<AppendResult>());
        _epoch.Head().Size.Should().Be(5);
    }

    [Fact]
    public void Append_AnythingElseThanTheExactRepeat_IsRefusedAndChangesNothing()
    {
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        var leaves = Tree.Leaves(0, 8);
        _epoch.Append(0, leaves[..2]);
        _epoch.Append(2, leaves[2..5]);
        var before = _epoch.Head();
        (ulong Size, Hash[] Leaves)[] wrong =
        [
            // Not the last portion, then from before it, then of other sizes.
            (2, leaves[2..4]), (2, leaves[2..6]), (2, [leaves[3], leaves[2], leaves[4]]),
            (0, leaves[..2]), (0, leaves[..5]), (1, leaves[1..5]),
            (4, leaves[4..5]), (6, leaves[6..7]), (ulong.MaxValue, leaves[..1]),
            (2, []),
        ];
        foreach (var (size, portion) in wrong)
        {
            _epoch.Append(size, portion).Refusal!.Reason.Should().Be(EnclaveRefusalReason.SizeMismatch);
            _epoch.Head().Should().Be(before);
        }
    }

    [Fact]
    public void Append_Nothing_IsInvalid()
    {
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        _epoch.Append(0, []).Refusal!.Reason.Should().Be(EnclaveRefusalReason.InvalidRequest);
    }

    [Fact]
    public void Append_ManyChainsInOneFrame_EachSucceedsOrIsRefusedByItself()
    {
        var origins = new[] { "a", "b", "c" }.Select(id => $"{Epoch.Prefix}/{id}").ToArray();
        foreach (var origin in origins)
            _epoch.Ask<OpenReply>(new CreateRequest(origin));
        var leaf = new byte[32];
        var results = _epoch.Ask<AppendReply>(new AppendRequest(
        [
            new AppendItem(origins[0], 0, leaf, false), new AppendItem(origins[1], 7, leaf, false),
            new AppendItem(Epoch.Prefix + "/unknown", 0, leaf, false),
            new AppendItem(origins[2], 0, leaf, false),
        ])).Results;
        results.Select(result => result.Refusal?.Reason).Should().Equal(
            null, EnclaveRefusalReason.SizeMismatch, EnclaveRefusalReason.UnknownOrigin, null);
        origins.Select(origin => _epoch.Head(origin).Size).Should().Equal(1, 0, 1);
    }

    [Fact]
    public void Append_TwoItemsOfOneChain_AreRefusedAsAWhole()
    {
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        var twice = new AppendRequest(
        [
            new AppendItem(Epoch.Demo, 0, new byte[32], false),
            new AppendItem(Epoch.Demo, 1, new byte[32], false),
        ]);
        _epoch.Refused(twice).Reason.Should().Be(EnclaveRefusalReason.InvalidRequest);
        _epoch.Head().Size.Should().Be(0);
    }

    [Fact]
    public void Retire_EndsSigningForTheEpoch()
    {
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        var leaves = Tree.Leaves(0, 1);
        _epoch.Append(0, leaves);
        _epoch.Ask<RetireReply>(new RetireRequest(Epoch.Demo));
        _epoch.Append(1, leaves).Refusal!.Reason.Should().Be(EnclaveRefusalReason.Retired);
        _epoch.Append(0, leaves).Refusal!
            .Reason.Should().Be(EnclaveRefusalReason.Retired, "not even a repeat");
        _epoch.Refused(new RetireRequest(Epoch.Demo)).Reason.Should().Be(EnclaveRefusalReason.Retired);
        _epoch.Refused(new CreateRequest(Epoch.Demo)).Reason.Should().Be(EnclaveRefusalReason.AlreadyHeld);
        _epoch.Head().Size.Should().Be(1, "its head is still told, for the handover");
    }

    [Fact]
    public void Retire_AChainThatIsNotHeld_IsRefused() =>
        _epoch.Refused(new RetireRequest(Epoch.Demo)).Reason.Should().Be(EnclaveRefusalReason.UnknownOrigin);

    [Fact]
    public void Heads_ForgetsWhatIsNotHeld()
    {
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        var heads = _epoch.Ask<HeadsReply>(new HeadsRequest(["", Epoch.Demo, "x"])).Heads;
        heads.Should().ContainSingle().Which.Origin.Should().Be(Epoch.Demo);
    }

    public void Dispose() => _epoch.Dispose();
}
