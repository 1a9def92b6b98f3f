using Sequencer.Client.Tests.Fixtures;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Verification;

public sealed class WitnessTests : IDisposable
{
    private readonly TestLog _log = new(10);
    private readonly TestWitness[] _witnesses =
        [new("w0.example", 100), new("w1.example", 101), new("w2.example", 102)];

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Verify_QuorumReached_NamesTheWitnesses()
    {
        var verified =
            Verifier("2").Verify(_log.Receipt(3, true, _witnesses[0], _witnesses[2]), TestLog.Entry(3));

        verified.Witnesses.Should().Equal("W0", "W2");
    }

    [Fact]
    public void Verify_QuorumNotReached_FailsByWitnesses() => Refused(_log.Receipt(3, true, _witnesses[1]));

    [Fact]
    public void Verify_NoWitnessAtAll_FailsByWitnesses() => Refused(_log.Receipt(3));

    [Fact]
    public void Verify_BadSignatureByAKnownWitness_FailsByWitnessesThoughOthersReachTheQuorum()
    {
        var text = _log.CheckpointAt(10).ToNoteText();
        var bad = _witnesses[1].Cosign("another text\n", TestLog.Time);
        var cosigned = SignedNote.Parse(_log.NoteAt(10, _witnesses[0], _witnesses[2]));
        cosigned.Text.Should().Be(text);
        var note = SignedNote.Create(text, [.. cosigned.Signatures, bad]).ToString();

        Refused(_log.ReceiptWith(3, note, _log.Enclave.Document));
    }

    [Fact]
    public void Verify_WitnessThatThePolicyDoesNotKnow_DoesNotCount() =>
        Refused(_log.Receipt(3, true, _witnesses[0], new TestWitness("w9.example", 109)));

    [Theory]
    [InlineData(0)]
    [InlineData(253_402_300_800)]
    public void Verify_CosignatureOfATimeThatCannotBe_DoesNotCountAndVoidsNothing(ulong time)
    {
        Refused(WithCosignatureOf(time, _witnesses[0]));

        var verified = Verifier("2").Verify(
            WithCosignatureOf(time, _witnesses[0], _witnesses[2]), TestLog.Entry(3));
        verified.Witnesses.Should().Equal("W0", "W2");
    }

    [Theory]
    [InlineData("any", Guarantee.WithinEpoch)]
    [InlineData("1", Guarantee.WithinEpoch)]
    [InlineData("2", Guarantee.AcrossEpochs)]
    [InlineData("all", Guarantee.AcrossEpochs)]
    public void Established_ByQuorum_NeedsThatAnyTwoQuorumsShareAWitness(
        string threshold, Guarantee expected) =>
        ReceiptRun.Established(_log.PolicyWith(threshold, _witnesses), isSimulated: false)
            .Should().Be(expected);

    [Fact]
    public void Established_WithoutWitnesses_IsWithinTheEpoch() =>
        ReceiptRun.Established(_log.Policy, isSimulated: false).Should().Be(Guarantee.WithinEpoch);

    [Fact]
    public void Established_Simulated_IsNoMoreThanThatWhateverTheWitnesses() =>
        ReceiptRun.Established(_log.PolicyWith("all", _witnesses), isSimulated: true)
            .Should().Be(Guarantee.SimulatedOnly);

    /// <summary>A receipt that the second witness cosigned at a time of its own.</summary>
    private string WithCosignatureOf(ulong time, params TestWitness[] others)
    {
        var note = SignedNote.Parse(_log.NoteAt(10, others));
        var cosigned = SignedNote.Create(note.Text, [.. note.Signatures, _witnesses[1].Cosign(note.Text, time)]);
        return _log.ReceiptWith(3, cosigned.ToString(), _log.Enclave.Document);
    }

    private ReceiptVerifier Verifier(string threshold) =>
        new(_log.PolicyWith(threshold, _witnesses), _log.Enclaves);

    private void Refused(string receipt) =>
        FluentActions.Invoking(() => Verifier("2").Verify(receipt, TestLog.Entry(3)))
            .Should().Throw<VerificationException>()
            .Which.Failures.Select(failure => failure.Step).Should().Equal(VerificationStep.Witnesses);
}
