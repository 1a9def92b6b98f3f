namespace Sequencer.Tlog.Tests;

public sealed class SignedNoteVerifyTests
{
    private const string Text = "first line\n\nlast line\n";
    private static readonly VerifierKey Log = TestKeys.LogKey();
    private static readonly VerifierKey Witness = TestKeys.WitnessKey();
    private static readonly NoteSignature LogSignature = TestKeys.Sign(Text, Log);
    private static readonly SignedNote Note =
        SignedNote.Create(Text, LogSignature, TestKeys.Cosign(Text, Witness, time: 12));

    [Fact]
    public void Verify_BothKeys_ListsBothWithTheWitnessTime()
    {
        var verified = Note.Verify([Log, Witness]);

        verified.Text.Should().Be(Text);
        verified.Note.Should().BeSameAs(Note);
        verified.Signatures
            .Should().Equal(new VerifiedSignature(Log, null), new VerifiedSignature(Witness, 12));
        verified.By(Witness)!.Time.Should().Be(12);
        verified.By(TestKeys.WitnessKey("another")).Should().BeNull();
    }

    [Fact]
    public void Verify_UnknownSignatures_AreIgnored()
    {
        var sameName = TestKeys.LogKey(Log.Name, seed: 7);
        var sameId = new NoteSignature("other.example", Log.KeyId, new byte[64]);
        var note = NoteWith(
            TestKeys.Sign(Text, sameName, seed: 7), sameId, new NoteSignature("x", 1, new byte[1]));

        note.Verify([Log]).Signatures.Should().Equal(new VerifiedSignature(Log, null));
        Refusal.Of(() => note.Verify([TestKeys.LogKey("nobody")])).Should().Be(TlogError.NoKnownSignature);
        Refusal.Of(() => note.Verify([])).Should().Be(TlogError.NoKnownSignature);
    }

    [Fact]
    public void Verify_BadSignatureByAKnownKey_RefusesTheNoteWhoeverElseSigned()
    {
        var bad = NoteSignature.Ed25519(Log, new byte[64]);
        var tooShort = new NoteSignature(Log.Name, Log.KeyId, new byte[63]);
        var badThenGood = SignedNote.Create(Text, bad, TestKeys.Cosign(Text, Witness, 1));

        Refusal.Of(() => badThenGood.Verify([Log, Witness])).Should().Be(TlogError.BadSignature);
        // A second line by the same key is checked too.
        Refusal.Of(() => NoteWith(bad).Verify([Log])).Should().Be(TlogError.BadSignature);
        Refusal.Of(() => NoteWith(tooShort).Verify([Log])).Should().Be(TlogError.BadSignature);
        NoteWith(bad).Verify([Witness]).Keys.Should().Equal(Witness);
    }

    [Fact]
    public void Verify_CosignatureChanged_IsRefused()
    {
        var good = Note.Signatures[1].Blob.ToArray();
        for (var at = 0; at < good.Length; at++)
        {
            var blob = good.ToArray();
            blob[at] ^= 1;
            Refusal.Of(() => VerifyBlob(blob)).Should().Be(TlogError.BadSignature);
        }

        VerifyBlob(good);
        good[0] = 0x80;
        Refusal.Of(() => VerifyBlob(good)).Should().Be(TlogError.TimeOutOfRange);

        static void VerifyBlob(byte[] blob) =>
            SignedNote.Create(Text, new NoteSignature(Witness.Name, Witness.KeyId, blob)).Verify([Witness]);
    }

    [Fact]
    public void Verify_PlainSignatureUnderACosignerKey_IsRefused()
    {
        // The same private key, used for the other type: neither signature stands for the other.
        var cosigner = TestKeys.Key(Log.Name, SignatureType.CosignatureEd25519, seed: 1);
        var crossed = new NoteSignature(cosigner.Name, cosigner.KeyId, new byte[] { 0, 0, 0, 0, 0, 0, 0, 1 }
            .Concat(LogSignature.Blob.ToArray()).ToArray());

        Refusal.Of(() => SignedNote.Create(Text, crossed).Verify([cosigner]))
            .Should().Be(TlogError.BadSignature);
    }

    [Fact]
    public void Verify_AnyCharacterOfTheTextChanged_IsRefused()
    {
        for (var at = 0; at < Text.Length - 1; at++)
        {
            var changed = Text.ToCharArray();
            changed[at] = changed[at] == 'x' ? 'y' : 'x';
            Refusal.Of(() => SignedNote.Create(new string(changed), LogSignature).Verify([Log]))
                .Should().Be(TlogError.BadSignature);
        }
    }

    [Fact]
    public void Verify_TwoKeysThatShareNameAndId_AreRefused()
    {
        // A key id has 32 bits: a search of a few thousand keys finds two with the same one.
        var (first, second) = (Twin(8636), Twin(22926));
        first.KeyId.Should().Be(second.KeyId);
        var note = NoteWith(NoteSignature.Ed25519(first, new byte[64]));

        Refusal.Of(() => note.Verify([Log, first, second])).Should().Be(TlogError.AmbiguousKey);
        Refusal.Of(() => note.Verify([Log, first])).Should().Be(TlogError.BadSignature);

        static VerifierKey Twin(int number) => VerifierKey.Create(
            "twins", SignatureType.Ed25519, [.. BitConverter.GetBytes(number), .. new byte[28]]);
    }

    [Fact]
    public void Verify_SameKeyGivenTwice_IsOneKey() =>
        Note.Verify([Log, TestKeys.LogKey()]).Signatures.Should().ContainSingle();

    private static SignedNote NoteWith(params IEnumerable<NoteSignature> more) =>
        SignedNote.Create(Text, [.. Note.Signatures, .. more]);
}
