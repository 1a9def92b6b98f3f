using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Simulation;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>From one epoch to the next.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly Hash[] Leaves = Tree.Leaves(0, 11);

    private static readonly ImageMeasurement OtherImage = new(Pcr(1), Pcr(2), Pcr(3));

    private readonly Epoch _prior = Epoch.Boot();
    private readonly Epoch _next = Epoch.Boot(Epoch.Start + 100);
    private readonly ResumeRequest _resume;

    public ResumeTests()
    {
        _prior.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        _prior.Append(0, Leaves);
        _resume = _prior.ToResume(Leaves);
    }

    [Fact]
    public void Resume_GoesOnWhereThePriorEpochEnded()
    {
        var head = _next.Ask<OpenReply>(_resume).Head;
        head.Should().BeEquivalentTo(
            new { Origin = Epoch.Demo, Size = 11ul, Root = Tree.Root(Leaves), Time = Epoch.Start + 100 });
        _next.Verify(head);
        var more = Tree.Leaves(11, 6);
        _next.Append(11, more).Root.Should().Be(Tree.Root([.. Leaves, .. more]));
    }

    [Fact]
    public void Resume_AnEmptyChain_Works()
    {
        _prior.Ask<OpenReply>(new CreateRequest(Epoch.Prefix + "/empty"));
        _next.Ask<OpenReply>(_prior.ToResume([], Epoch.Prefix + "/empty")).Head.Size.Should().Be(0);
    }

    [Fact]
    public void Resume_SignsAHandoverNote_AndTellsItUntilTheFirstAppend()
    {
        var head = _next.Ask<OpenReply>(_resume).Head;
        var key = _next.Machine.Cosigner;
        var text = new Handover(
            Checkpoint.Parse(_resume.Checkpoint), _prior.Machine.Cosigner, key, head.Time).ToNoteText();
        var signer = key.AsSigner();
        var note = SignedNote.Create(text, NoteSignature.Ed25519(signer, head.Handover!.Value.Span));
        Handover.Parse(note.Verify([signer]).Text).NewKey.Should().Be(key);

        // Whoever lost the answer asks for the heads.
        _next.Refused(_resume).Reason.Should().Be(EnclaveRefusalReason.AlreadyHeld);
        _next.Head().Should().BeEquivalentTo(head, options => options.ComparingByMembers<Head>());
        _next.Append(11, Tree.Leaves(11, 1));
        _next.Head().Handover.Should().BeNull();
    }

    [Fact]
    public void Resume_TheFirstAppendOfTheEpoch_HasNoRepeatBeforeIt()
    {
        _next.Ask<OpenReply>(_resume);
        _next.Append(10, Leaves[10..]).Refusal!.Reason.Should().Be(EnclaveRefusalReason.SizeMismatch);
    }

    [Fact]
    public void Resume_OfAChainThatWasCreated_IsRefused()
    {
        _next.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        _next.Refused(_resume).Reason.Should().Be(EnclaveRefusalReason.AlreadyHeld);
        _next.Head().Size.Should().Be(0);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("sequencer.test/log/demo\n11\n")]
    [InlineData("sequencer.test/log/demo\n011\nHASH\n")]
    [InlineData("sequencer.test/log/demo\n11\nHASH\nextension\n")]
    [InlineData("sequencer.test/log/demo\n11\nHASH\n\n")]
    public void Resume_WhatIsNoCheckpointOfOurs_IsRefused(string text) => RefuseBecause(
        EnclaveRefusalReason.ResumeCheckpoint,
        _resume with
        {
            Checkpoint = text.Replace("HASH", Tree.Root(Leaves).ToString(), StringComparison.Ordinal),
        });

    [Fact]
    public void Resume_AnotherChainsCheckpoint_IsRefused() => RefuseBecause(
        EnclaveRefusalReason.ResumeOrigin, _resume with { Origin = Epoch.Prefix + "/other" });

    [Fact]
    public void Resume_AnOriginOutsideTheRule_IsRefused() => RefuseBecause(
        EnclaveRefusalReason.OriginNotAllowed, _resume with { Origin = "other.test/log/demo" });

    [Fact]
    public void Resume_ADocumentThatDoesNotVerify_IsRefused()
    {
        using var elsewhere = SimulatedRoot.Create(new ManualClock(Epoch.At(Epoch.Start)));
        using var stranger = Epoch.Boot(root: elsewhere);
        var tampered = _resume.Document.ToArray();
        tampered[^1] ^= 1;
        foreach (var document in new[] { [], [0x80], tampered, stranger.Document() })
            RefuseBecause(EnclaveRefusalReason.ResumeDocument, _resume with { Document = document });
    }

    [Fact]
    public void Resume_ADocumentOfADebugEnclave_IsRefused()
    {
        using var debug = Epoch.BootImage(null);
        debug.Machine.IsDebug.Should().BeTrue();
        RefuseBecause(EnclaveRefusalReason.ResumeDocument, _resume with { Document = debug.Document() });
    }

    [Fact]
    public void Resume_IntoADebugEnclave_IsRefused()
    {
        using var debug = Epoch.BootImage(null, Epoch.Start + 100);
        debug.Refused(_resume).Reason.Should().Be(EnclaveRefusalReason.ResumeImage);
        debug.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        var configuration = Epoch.Configuration with
        {
            Predecessors = new AcceptedImages([new AcceptedImage(SimulatedNsm.Image)]),
        };
        using var withPredecessors = Epoch.BootImage(null, Epoch.Start + 100, configuration);
        withPredecessors.Refused(_resume).Reason.Should().Be(EnclaveRefusalReason.ResumeImage);
    }

    [Fact]
    public void Resume_FromAnotherImage_IsRefused_UnlessItIsAPredecessor()
    {
        using var other = Epoch.BootImage(OtherImage);
        other.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        other.Append(0, Leaves);
        RefuseBecause(EnclaveRefusalReason.ResumeImage, other.ToResume(Leaves));

        using var successor = Epoch.Boot(Epoch.Start + 100, Epoch.Configuration with
        {
            Predecessors = new AcceptedImages(OtherImage),
        });
        successor.Ask<OpenReply>(other.ToResume(Leaves));
        using var own = Epoch.Boot(Epoch.Start + 100, Epoch.Configuration with
        {
            Predecessors = new AcceptedImages(OtherImage),
        });
        own.Ask<OpenReply>(_resume).Head.Size.Should().Be(11, "its own image stays acceptable");
    }

    public static TheoryData<string?, int?> Bindings => new()
    {
        { null, 32 }, { "", 32 }, { "sequencer-enclave/v2\ncosigner x\nprotocol 1\n", 32 },
        { "sequencer-enclave/v1\ncosigner sequencer.test/log/_simulated-enclave\nprotocol 1\n", null },
        { "sequencer-enclave/v1\ncosigner sequencer.test/log/_simulated-enclave\nprotocol 1\n", 31 },
    };

    [Theory]
    [MemberData(nameof(Bindings))]
    public void Resume_ADocumentThatBindsNoCosigner_IsRefused(string? userData, int? keyBytes)
    {
        using var nsm = new SimulatedNsm(Epoch.Root, _prior.NsmClock);
        var document = nsm.Attest(
            userData is null ? null : System.Text.Encoding.UTF8.GetBytes(userData), null,
            keyBytes is { } length ? new byte[length] : null);
        RefuseBecause(EnclaveRefusalReason.ResumeBinding, _resume with { Document = document });
    }

    [Fact]
    public void Resume_ACosignatureThatTheDocumentsKeyDidNotMake_IsRefused()
    {
        using var another = Epoch.Boot();
        var flipped = _resume.Cosignature.ToArray();
        flipped[0] ^= 1;
        var shorter = new Checkpoint(Epoch.Demo, 8, Tree.Root(Leaves.AsSpan(0, 8))).ToNoteText();
        ResumeRequest[] wrong =
        [
            _resume with { Cosignature = flipped },
            _resume with { Time = _resume.Time - 1 },
            _resume with { Time = ulong.MaxValue },
            _resume with { Checkpoint = shorter },
            _resume with { Document = another.Document() },
        ];
        foreach (var request in wrong)
            RefuseBecause(EnclaveRefusalReason.ResumeCosignature, request);
    }

    [Fact]
    public void Resume_ATimeThatThisClockHasNotReached_IsToleratedForFiveSeconds()
    {
        using var late = Epoch.Boot(Epoch.Start - 6);
        late.Refused(_resume).Reason.Should().Be(EnclaveRefusalReason.ResumeTime);
        late.Advance(TimeSpan.FromSeconds(1));
        var head = late.Ask<OpenReply>(_resume).Head;
        head.Time.Should().Be(_resume.Time, "the chain's time never goes back");
        late.Append(11, Tree.Leaves(11, 1)).Time.Should().Be(_resume.Time);
        late.Advance(TimeSpan.FromSeconds(7));
        late.Append(12, Tree.Leaves(12, 1)).Time.Should().Be(Epoch.Start + 2);
    }

    [Fact]
    public void Resume_ACompactRangeOfAnotherTree_IsRefused()
    {
        Hash[][] wrong =
        [
            [], Tree.Range(Leaves)[..2], [.. Tree.Range(Leaves), Leaves[0]],
            Tree.Range([.. Leaves[..10], Leaves[0]]), [.. Tree.Range(Leaves).Reverse()],
        ];
        foreach (var range in wrong)
            RefuseBecause(EnclaveRefusalReason.ResumeCompactRange, _resume with { CompactRange = range });
    }

    [Fact]
    public void Resume_BeyondTheNumberOfChains_IsRefused()
    {
        using var full = Epoch.Boot(Epoch.Start + 100, Epoch.Configuration with { ChainsMax = 1 });
        full.Ask<OpenReply>(new CreateRequest(Epoch.Prefix + "/first"));
        full.Refused(_resume).Reason.Should().Be(EnclaveRefusalReason.ChainsFull);
    }

    public void Dispose()
    {
        _prior.Dispose();
        _next.Dispose();
    }

    private static byte[] Pcr(byte value) => [.. Enumerable.Repeat(value, 48)];

    private void RefuseBecause(EnclaveRefusalReason reason, ResumeRequest request)
    {
        _next.Refused(request).Reason.Should().Be(reason);
        _next.Ask<HeadsReply>(new HeadsRequest([request.Origin])).Heads.Should().BeEmpty();
    }
}
