using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>Which cosignatures count, and what is said of those that do not.</summary>
public sealed class WitnessRuleTests : IDisposable
{
    private const ulong Begun = Epoch.Start;
    private const ulong Now = Begun + 100;
    private const ulong Ahead = 2;

    private static readonly Checkpoint Start = new(Epoch.Demo, 5, Tree.Root(Tree.Leaves(0, 5)));

    private readonly TestWitnesses _witnesses = new("a", "b", "c");
    private readonly WitnessRule _rule;

    public WitnessRuleTests() => _rule = new WitnessRule(TlogPolicy.Parse(_witnesses.Policy(2)), Ahead);

    [Theory]
    [InlineData("a", "b")]
    [InlineData("c", "b")]
    [InlineData("a", "b", "c")]
    public void AQuorumInItsTime_OpensAndSeals(params string[] names)
    {
        var lines = _witnesses.Lines(Start, Now, names);
        _rule.CheckOpening(Start, lines, Begun, Now);
        _rule.CheckSeal(Start, lines);
    }

    [Fact]
    public void NoLines_AreNoQuorum()
    {
        RefusedOpening("").Should().Match<EnclaveRefusal>(refusal =>
            refusal.Reason == EnclaveRefusalReason.WitnessQuorumMissing
            && refusal.Detail == "sequencer.test/log/demo at size 5: The quorum 'q' is not reached: "
                + "cosigned by no witness.");
        RefusedSeal("").Reason.Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
    }

    [Fact]
    public void OneWitness_HoweverOftenItCosigned_IsNoQuorum()
    {
        var often = string.Concat(Enumerable.Range(0, 100).Select(i =>
            _witnesses.Lines(Start, Now - (ulong)(i % 50), "b")));
        RefusedOpening(often).Reason.Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
        RefusedSeal(often).Reason.Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
    }

    [Fact]
    public void AnOpeningThatWasNotBegun_IsRefused_WhateverWitnessesSay() =>
        Refused(() => _rule.CheckOpening(Start, _witnesses.Lines(Start, Now, "a", "b"), null, Now))
            .Reason.Should().Be(EnclaveRefusalReason.OpenNotBegun);

    [Fact]
    public void CosignaturesOnAnythingElse_DoNotCount()
    {
        Checkpoint[] others =
        [
            Start with { Size = 6 },
            Start with { Size = 4 },
            Start with { Root = Tree.Root(Tree.Leaves(1, 5)) },
            Start with { Origin = Epoch.Prefix + "/other" },
            Start with { Extensions = ["more"] },
        ];
        foreach (var other in others)
        {
            var lines = _witnesses.Lines(Start, Now, "a") + _witnesses.Lines(other, Now, "b", "c");
            var refusal = RefusedOpening(lines);
            refusal.Reason.Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
            refusal.Detail.Should().Contain("cosigned by a.")
                .And.Contain("The cosignature of b is not on this checkpoint.")
                .And.Contain("The cosignature of c is not on this checkpoint.");
            RefusedSeal(lines).Reason.Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
        }
    }

    [Fact]
    public void Strangers_DoNotCount_AlsoUnderAWitnesssName()
    {
        using var strangers = new TestWitnesses("b", "x");
        var known = _witnesses.Line("b", Start, Now);
        var posing = strangers.Line("b", Start, Now) with { KeyId = known.KeyId };
        var lines = _witnesses.Lines(Start, Now, "a") + strangers.Lines(Start, Now, "x") + posing.ToLine();
        var refusal = RefusedOpening(lines);
        refusal.Reason.Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
        refusal.Detail.Should().Contain("x.witness.test is no witness of the policy.")
            .And.Contain("The cosignature of b is not on this checkpoint.");
    }

    [Fact]
    public void SignaturesThatAreNoCosignatures_DoNotCount()
    {
        var good = _witnesses.Line("b", Start, Now);
        NoteSignature[] wrong =
        [
            good with { Blob = good.Blob[..^1] },
            good with { Blob = good.Blob[8..] },
            good with { Blob = Flipped(good.Blob, 71) },
            good with { Blob = Flipped(good.Blob, 7) },
            good with { Blob = Flipped(good.Blob, 0, 0x80) },
        ];
        foreach (var line in wrong)
            RefusedOpening(_witnesses.Lines(Start, Now, "a") + line.ToLine()).Reason
                .Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
    }

    [Theory]
    [InlineData(Begun, "made after")]
    [InlineData(Begun + Ahead, "made after")]
    [InlineData(Now + Ahead + 1, "ahead of the enclave's clock")]
    [InlineData(Now - 61, "more than 60 s ago")]
    public void ATimeOutsideTheRule_IsRefusedAsSuch_AndSealsAllTheSame(ulong time, string why)
    {
        var lines = _witnesses.Lines(Start, Now, "a") + _witnesses.Lines(Start, time, "b");
        var refusal = RefusedOpening(lines);
        refusal.Reason.Should().Be(EnclaveRefusalReason.WitnessCosignatureStale);
        refusal.Detail.Should().Contain($"The cosignature of b is of {time}").And.Contain(why);
        _rule.CheckSeal(Start, lines);
    }

    [Theory]
    [InlineData(0ul, "made after")]
    [InlineData(253_402_300_800ul, "ahead of the enclave's clock")]
    [InlineData((ulong)long.MaxValue, "ahead of the enclave's clock")]
    public void ATimeThatCannotBe_NeitherOpensNorSeals(ulong time, string why)
    {
        var lines = _witnesses.Lines(Start, Now, "a") + _witnesses.Lines(Start, time, "b");
        foreach (var (refusal, reason) in new[] { (RefusedOpening(lines), why), (RefusedSeal(lines), "cannot be") })
        {
            refusal.Reason.Should().Be(EnclaveRefusalReason.WitnessCosignatureStale);
            refusal.Detail.Should().Contain($"The cosignature of b is of {time}").And.Contain(reason);
        }
    }

    [Fact]
    public void ATimeAtTheRulesEdges_Counts()
    {
        foreach (var time in new[] { Now + Ahead, Now - 60 })
            _rule.CheckOpening(Start, _witnesses.Lines(Start, time, "a", "b"), Begun, Now);
        var first = _rule.WitnessTimeMin(Begun);
        first.Should().Be(Begun + Ahead + 1);
        _rule.CheckOpening(Start, _witnesses.Lines(Start, first, "a", "b"), Begun, first);
    }

    [Fact]
    public void AnOldCosignatureBesideAFreshOne_DoesNoHarm() => _rule.CheckOpening(
        Start,
        _witnesses.Lines(Start, 1, "a", "b") + _witnesses.Lines(Start, Now, "b", "a")
            + _witnesses.Lines(Start, 2, "a"),
        Begun, Now);

    [Theory]
    [InlineData("x")]
    [InlineData("\n")]
    [InlineData("— a AAAA\n")]
    [InlineData("— a AAAAAAA=")]
    [InlineData("text\n\n— a AAAAAAA=\n")]
    public void WhatAreNoSignatureLines_IsInvalid(string lines)
    {
        RefusedOpening(lines).Reason.Should().Be(EnclaveRefusalReason.InvalidRequest);
        RefusedSeal(lines).Reason.Should().Be(EnclaveRefusalReason.InvalidRequest);
    }

    [Fact]
    public void MoreLinesThanANoteHas_AreInvalid()
    {
        var lines = string.Concat(Enumerable.Repeat(_witnesses.Lines(Start, Now, "a"), 101));
        RefusedOpening(lines).Reason.Should().Be(EnclaveRefusalReason.InvalidRequest);
    }

    [Fact]
    public void NestedGroups_AreJudgedAsThePolicySays()
    {
        using var five = new TestWitnesses("a", "b", "c", "d", "e");
        var rule = new WitnessRule(TlogPolicy.Parse(five.Policy(
            "group left 2 a b c\ngroup right all d e\ngroup q all left right\nquorum q\n")), Ahead);
        rule.CheckSeal(Start, five.Lines(Start, 1, "a", "c", "d", "e"));
        Refused(() => rule.CheckSeal(Start, five.Lines(Start, 1, "a", "b", "c", "d")))
            .Reason.Should().Be(EnclaveRefusalReason.WitnessQuorumMissing);
    }

    public void Dispose() => _witnesses.Dispose();

    private EnclaveRefusal RefusedOpening(string lines) =>
        Refused(() => _rule.CheckOpening(Start, lines, Begun, Now));

    private EnclaveRefusal RefusedSeal(string lines) => Refused(() => _rule.CheckSeal(Start, lines));

    private static EnclaveRefusal Refused(Action act) =>
        act.Should().Throw<EnclaveRefusedException>().Which.Refusal;

    private static byte[] Flipped(ReadOnlyMemory<byte> bytes, int at, byte bits = 1)
    {
        var changed = bytes.ToArray();
        changed[at] ^= bits;
        return changed;
    }
}
