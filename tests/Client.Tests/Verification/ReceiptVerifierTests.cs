using Sequencer.Attestation;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Simulation;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Verification;

public sealed class ReceiptVerifierTests : IDisposable
{
    private readonly TestLog _log = new(300, 200);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Verify_Bundle_TellsWhatItProves()
    {
        var verified = Verifier().Verify(_log.Receipt(41), TestLog.Entry(41));

        verified.Origin.Should().Be(TestLog.LogOrigin);
        verified.Index.Should().Be(41);
        verified.LeafHash.Should().Be(MerkleHash.Leaf(TestLog.Entry(41)));
        verified.Checkpoint.Should().Be(_log.CheckpointAt(300));
        verified.CosignedAt.Should().Be(DateTimeOffset.FromUnixTimeSeconds((long)TestLog.Time));
        verified.Enclave.Key.Should().Be(_log.Enclave.Cosigner);
        verified.Witnesses.Should().BeEmpty();
        verified.Guarantee.Should().Be(Guarantee.SimulatedOnly);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(299)]
    public void Verify_BareReceiptWithDocumentBesideIt_Holds(int index) =>
        Verifier().Verify(_log.Receipt(index, bundle: false), TestLog.Entry(index), _log.Enclave.Document)
            .Index.Should().Be((ulong)index);

    [Fact]
    public void Verify_DocumentBesideABundle_TakesThePlaceOfItsOwn() =>
        Refused(_log.Receipt(1), TestLog.Entry(1), VerificationStep.EnclaveCosignature,
            document: _log.EnclaveOf(0).Document);

    [Fact]
    public void Verify_OlderEpochsCheckpoint_HoldsWithThatEpochsDocument()
    {
        var enclave = _log.EnclaveOf(0);
        var note = _log.Sign(_log.CheckpointAt(300), enclave, TestLog.Time);

        Verifier().Verify(_log.ReceiptWith(7, note, enclave.Document), TestLog.Entry(7))
            .Enclave.Key.Should().Be(enclave.Cosigner);
    }

    [Fact]
    public void Verify_NotAProof_FailsByForm() =>
        Refused("no receipt", TestLog.Entry(1), VerificationStep.Form);

    [Fact]
    public void Verify_SavedWithOtherLineEnds_FailsByFormAndSaysSo() =>
        Verifier().Check(Changed(_log.Receipt(1), "\n", "\r\n"), TestLog.Entry(1)).Checks[0].Detail
            .Should().EndWith("'c2sp.org/tlog-proof@v1'; save the file with LF line ends.");

    [Fact]
    public void Verify_ProofOverSomethingThatIsNoCheckpoint_FailsByForm() =>
        Refused(_log.ReceiptWith(1, "hello\n", _log.Enclave.Document), TestLog.Entry(1),
            VerificationStep.Form);

    [Fact]
    public void Verify_TransactionLongerThanAnEntry_FailsByLeafHash() =>
        Refused(_log.Receipt(1), new byte[Entry.MaxSizeBytes + 1], VerificationStep.LeafHash);

    [Fact]
    public void Verify_OtherTransaction_FailsByInclusion() =>
        Refused(_log.Receipt(1), TestLog.Entry(2), VerificationStep.Inclusion);

    [Fact]
    public void Verify_OtherIndex_FailsByInclusion() =>
        Refused(Changed(_log.Receipt(41), "index 41\n", "index 40\n"), TestLog.Entry(41),
            VerificationStep.Inclusion);

    [Fact]
    public void Verify_IndexBeyondTheTree_FailsByInclusion() =>
        Refused(Changed(_log.Receipt(41), "index 41\n", "index 300\n"), TestLog.Entry(41),
            VerificationStep.Inclusion);

    [Fact]
    public void Verify_ProofHashChanged_FailsByInclusion()
    {
        var proof = TlogProof.Parse(_log.Receipt(41));
        Hash[] hashes = [MerkleHash.Empty, .. proof.Hashes.Skip(1)];
        Refused((proof with { Hashes = hashes }).ToString(), TestLog.Entry(41), VerificationStep.Inclusion);
    }

    [Fact]
    public void Verify_ProofHashMissing_FailsByInclusion()
    {
        var proof = TlogProof.Parse(_log.Receipt(41));
        Refused((proof with { Hashes = [.. proof.Hashes.Skip(1)] }).ToString(), TestLog.Entry(41),
            VerificationStep.Inclusion);
    }

    [Fact]
    public void Verify_CheckpointSizeChanged_FailsByBothSignatures() =>
        Refused(Changed(_log.Receipt(41), "\n300\n", "\n301\n"), TestLog.Entry(41),
            VerificationStep.LogSignature, VerificationStep.EnclaveCosignature);

    [Fact]
    public void Verify_LogOfAnotherName_FailsByLogSignature()
    {
        using var other = PrivateKeyText.Generate("elsewhere.example/log/demo");
        var policy = TlogPolicy.Parse($"log {other.VerifierKey}\nquorum none\n");

        Refused(_log.Receipt(1), TestLog.Entry(1), VerificationStep.LogSignature, policy: policy)
            .Message.Should().Contain("elsewhere.example/log/demo").And.Contain(TestLog.LogOrigin);
    }

    [Fact]
    public void Verify_LogsOtherKey_FailsByLogSignature()
    {
        using var other = PrivateKeyText.Generate(TestLog.LogOrigin);
        var policy = TlogPolicy.Parse($"log {other.VerifierKey}\nquorum none\n");

        Refused(_log.Receipt(1), TestLog.Entry(1), VerificationStep.LogSignature, policy: policy);
    }

    [Fact]
    public void Verify_NoLogSignature_FailsByLogSignature()
    {
        var text = _log.CheckpointAt(300).ToNoteText();
        var note = SignedNote.Create(text, _log.Enclave.Cosign(text, TestLog.Time)).ToString();
        Refused(_log.ReceiptWith(1, note, _log.Enclave.Document), TestLog.Entry(1),
            VerificationStep.LogSignature);
    }

    [Fact]
    public void Verify_NoCosignature_FailsByEnclaveCosignature()
    {
        var note = _log.Sign(_log.CheckpointAt(300), enclave: null, TestLog.Time);
        Refused(_log.ReceiptWith(1, note, _log.Enclave.Document), TestLog.Entry(1),
            VerificationStep.EnclaveCosignature);
    }

    [Fact]
    public void Verify_CosignatureOfAnotherTime_FailsByEnclaveCosignature()
    {
        var text = _log.CheckpointAt(300).ToNoteText();
        var honest = _log.Enclave.Cosign(text, TestLog.Time);
        var later = new NoteSignature(honest.Name, honest.KeyId,
            Cosignature.EncodeBlob(TestLog.Time + 1, honest.Blob.Span[8..]));
        var note = SignedNote.Create(text, _log.SignLog(text), later).ToString();
        Refused(_log.ReceiptWith(1, note, _log.Enclave.Document), TestLog.Entry(1),
            VerificationStep.EnclaveCosignature);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(253_402_300_800)]
    public void Verify_CosignatureAtAnImpossibleTime_FailsByEnclaveCosignature(ulong time)
    {
        var note = _log.Sign(_log.CheckpointAt(300), _log.Enclave, time);
        Refused(_log.ReceiptWith(1, note, _log.Enclave.Document), TestLog.Entry(1),
            VerificationStep.EnclaveCosignature);
    }

    [Fact]
    public void Verify_NameInDocumentIsNotTheCosigners_FailsByEnclaveCosignature()
    {
        var named = new TestEnclave(_log.Root, TestLog.Clock, seed: 11, name: "sequencer.example/log/_other");
        Refused(_log.ReceiptWith(1, _log.NoteAt(300), named.Document), TestLog.Entry(1),
            VerificationStep.EnclaveCosignature);
    }

    [Fact]
    public void Verify_NoDocument_FailsByAttestation() =>
        Refused(_log.Receipt(1, bundle: false), TestLog.Entry(1), VerificationStep.Attestation);

    [Fact]
    public void Verify_DocumentChanged_FailsByAttestation()
    {
        var document = _log.Enclave.Document;
        document[document.Length / 2] ^= 1;
        Refused(_log.ReceiptWith(1, _log.NoteAt(300), document), TestLog.Entry(1),
            VerificationStep.Attestation);
    }

    [Fact]
    public void Verify_SimulationNotPermitted_FailsByAttestationRoot()
    {
        var failure = Refused(_log.Receipt(1), TestLog.Entry(1), VerificationStep.Attestation,
            enclaves: new EnclaveVerifier(TestLog.Images));
        failure.Message.Should().Contain("SIMULATED").And.Contain("not the pinned root");
    }

    [Fact]
    public void Verify_OtherSimulatedRoot_FailsByAttestation()
    {
        using var other = SimulatedRoot.Create(TestLog.Clock);
        Refused(_log.Receipt(1), TestLog.Entry(1), VerificationStep.Attestation,
            enclaves: new EnclaveVerifier(TestLog.Images, other.Trusted));
    }

    [Fact]
    public void Verify_ImageNotAccepted_FailsByAttestation()
    {
        var pcr = Enumerable.Repeat((byte)7, 48).ToArray();
        var images = new AcceptedImages(new ImageMeasurement(pcr, pcr, pcr));
        Refused(_log.Receipt(1), TestLog.Entry(1), VerificationStep.Attestation,
            enclaves: new EnclaveVerifier(images, _log.Root.Trusted)).Message.Should().Contain("PCR0");
    }

    [Fact]
    public void Verify_UserDataOfAnotherForm_FailsByBinding()
    {
        var enclave = new TestEnclave(
            _log.Root, TestLog.Clock, seed: 11, changeUserData: _ => "something else"u8.ToArray());
        var note = _log.Sign(_log.CheckpointAt(300), enclave, TestLog.Time);
        Refused(_log.ReceiptWith(1, note, enclave.Document), TestLog.Entry(1), VerificationStep.Binding);
    }

    [Fact]
    public void Constructor_RealRootAsSimulatedOne_IsRefused() =>
        FluentActions.Invoking(() => new EnclaveVerifier(TestLog.Images, TrustedRoot.Aws))
            .Should().Throw<ArgumentException>();

    [Fact]
    public void Verify_SameDocumentAgain_IsRemembered()
    {
        var verifier = Verifier();
        var first = verifier.Verify(_log.Receipt(1), TestLog.Entry(1));
        var second = verifier.Verify(_log.Receipt(2), TestLog.Entry(2));

        second.Enclave.Should().BeSameAs(first.Enclave);
    }

    private ReceiptVerifier Verifier() => new(_log.Policy, _log.Enclaves);

    private VerificationException Refused(
        string receipt, byte[] transaction, VerificationStep step, TlogPolicy? policy = null,
        EnclaveVerifier? enclaves = null, byte[]? document = null) =>
        Refused(receipt, transaction, [step], policy, enclaves, document);

    private VerificationException Refused(
        string receipt, byte[] transaction, params VerificationStep[] steps) =>
        Refused(receipt, transaction, steps, null, null, null);

    private VerificationException Refused(
        string receipt, byte[] transaction, VerificationStep[] steps, TlogPolicy? policy,
        EnclaveVerifier? enclaves, byte[]? document)
    {
        var verifier = new ReceiptVerifier(policy ?? _log.Policy, enclaves ?? _log.Enclaves);
        var failure = FluentActions.Invoking(() => verifier.Verify(receipt, transaction, document))
            .Should().Throw<VerificationException>().Which;
        failure.Failures.Select(failed => failed.Step).Should().Equal(steps);
        failure.Step.Should().Be(steps[0]);
        verifier.Check(receipt, transaction, document).IsValid.Should().BeFalse();
        return failure;
    }

    private static string Changed(string text, string from, string to)
    {
        text.Should().Contain(from);
        return text.Replace(from, to, StringComparison.Ordinal);
    }
}
