using System.Text;
using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class SignedNoteTests
{
    private const string Text = "first line\n\nlast line\n";
    private static readonly VerifierKey Log = TestKeys.LogKey();
    private static readonly VerifierKey Witness = TestKeys.WitnessKey();
    private static readonly NoteSignature LogSignature = TestKeys.Sign(Text, Log);
    private static readonly SignedNote Note =
        SignedNote.Create(Text, LogSignature, TestKeys.Cosign(Text, Witness, time: 12));

    [Fact]
    public void Parse_Bytes_IsTheSameAsParseText()
    {
        var fromBytes = SignedNote.Parse(Encoding.UTF8.GetBytes(Note.ToString()));

        fromBytes.ToString().Should().Be(Note.ToString());
        fromBytes.Signatures.Should().Equal(Note.Signatures);
        fromBytes.Text.Should().Be(Text);
    }

    [Fact]
    public void Create_AnyTextAndSignatures_RoundTrips() =>
        Gen.Select(
            Gen.OneOf(Gen.Char['\n', '\n'], Gen.Char[' ', '~'], Gen.Char['é', 'ÿ']).Array[0, 60],
            Gen.Select(Gen.Char['!', '*'].Array[1, 10], Gen.UInt, Gen.Byte.Array[1, 90]).Array[1, 5])
            .Sample((chars, parts) =>
            {
                var text = new string(chars) + "\n";
                var signatures = parts
                    .Select(p => new NoteSignature(new string(p.Item1), p.Item2, p.Item3)).ToList();
                var note = SignedNote.Create(text, signatures);

                note.Text.Should().Be(text);
                note.Signatures.Should().Equal(signatures);
                SignedNote.Parse(note.ToString()).ToString().Should().Be(note.ToString());
                signatures.Select(s => s.GetHashCode())
                    .Should().Equal(note.Signatures.Select(s => s.GetHashCode()));
            }, iter: 300);

    [Fact]
    public void Parse_SixteenAndAHundredSignatures_AreTakenAndOneMoreIsNot()
    {
        Signed(16).Signatures.Should().HaveCount(16);
        Signed(SignedNote.MaxSignatures).Signatures.Should().HaveCount(SignedNote.MaxSignatures);
        Refusal.Of(() => Signed(SignedNote.MaxSignatures + 1)).Should().Be(TlogError.TooManySignatures);

        static SignedNote Signed(int times) =>
            SignedNote.Create(Text, Enumerable.Repeat(LogSignature, times));
    }

    [Fact]
    public void Parse_NoteAtAndAboveItsLimit_IsTakenAndRefused()
    {
        var overhead = Encoding.UTF8.GetByteCount($"\n\n{LogSignature.ToLine()}");
        var longest = new string('x', SignedNote.MaxSizeBytes - overhead) + "\n";
        SignedNote.Create(longest, LogSignature).Text.Should().Be(longest);

        Refusal.Of(() => SignedNote.Create("x" + longest, LogSignature)).Should().Be(TlogError.TooLarge);
        // Fewer characters than bytes: the limit counts bytes.
        Refusal.Of(() => SignedNote.Create("é" + longest[1..], LogSignature)).Should().Be(TlogError.TooLarge);
        Refusal.Of(() => SignedNote.Parse(new byte[SignedNote.MaxSizeBytes + 1]))
            .Should().Be(TlogError.TooLarge);
    }

    [Theory]
    [InlineData("", TlogError.MalformedNote)]
    [InlineData("\n", TlogError.MalformedNote)]
    [InlineData("\n\n", TlogError.MalformedNote)]
    [InlineData("text\n", TlogError.MalformedNote)]
    [InlineData("text\n\n", TlogError.MalformedNote)]
    [InlineData("text\n\n— a AAAAAAA=", TlogError.MalformedNote)]
    [InlineData("— a AAAAAAA=\n", TlogError.MalformedNote)]
    [InlineData("text\n\n- a AAAAAAA=\n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n—a AAAAAAA=\n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n—  AAAAAAA=\n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n— a  AAAAAAA=\n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n— a AAAAAAA= \n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n— a\u00a0b AAAAAAA=\n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n— a+b AAAAAAA=\n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n— a AAAAAA==\n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n— a AAAAAAB=\n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n— a AAAAAAA\n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n— a \n", TlogError.MalformedSignatureLine)]
    [InlineData("text\n\n— a\n", TlogError.MalformedSignatureLine)]
    [InlineData("te\txt\n\n— a AAAAAAA=\n", TlogError.ControlCharacter)]
    [InlineData("text\r\n\n— a AAAAAAA=\n", TlogError.ControlCharacter)]
    [InlineData("text\0\n\n— a AAAAAAA=\n", TlogError.ControlCharacter)]
    public void Parse_Malformed_IsRefused(string note, TlogError reason)
    {
        Refusal.Of(() => SignedNote.Parse(note)).Should().Be(reason);
        Refusal.Of(() => SignedNote.Parse(Encoding.UTF8.GetBytes(note))).Should().Be(reason);
    }

    [Fact]
    public void Parse_NotUtf8_IsRefused()
    {
        var bytes = Encoding.UTF8.GetBytes(Note.ToString());
        bytes[2] = 0xff;

        Refusal.Of(() => SignedNote.Parse(bytes)).Should().Be(TlogError.InvalidUtf8);
        Refusal.Of(() => SignedNote.Parse("\ud800" + Note)).Should().Be(TlogError.InvalidUtf8);
    }

    [Fact]
    public void Parse_ByteOrderMark_IsPartOfTheTextAndNotSwallowed()
    {
        byte[] marked = [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(Note.ToString())];

        SignedNote.Parse(marked).Text.Should().Be("\ufeff" + Text);
        Refusal.Of(() => SignedNote.Parse(marked).Verify([Log])).Should().Be(TlogError.BadSignature);
    }

    [Fact]
    public void Create_TextThatRunsIntoTheSignatures_IsRefused()
    {
        var line = LogSignature.ToLine().TrimEnd('\n');

        Refusal.Of(() => SignedNote.Create($"text\n\n{line}", LogSignature))
            .Should().Be(TlogError.MalformedNote);
        Refusal.Of(() => SignedNote.Create("text", LogSignature)).Should().Be(TlogError.MalformedNote);
        Refusal.Of(() => SignedNote.Create(Text)).Should().Be(TlogError.MalformedNote);
        Refusal.Of(() => SignedNote.Create(Text, new NoteSignature("a b", 1, new byte[64])))
            .Should().Be(TlogError.MalformedSignatureLine);
        Refusal.Of(() => SignedNote.Create(Text, new NoteSignature("ab", 1, default)))
            .Should().Be(TlogError.MalformedSignatureLine);
    }

    [Fact]
    public void NoteSignature_Claims_TheKeyOfItsNameAndId()
    {
        LogSignature.Claims(Log).Should().BeTrue();
        (LogSignature with { Blob = new byte[64] }).Claims(Log).Should().BeTrue("a claim proves nothing");
        (LogSignature with { Name = Witness.Name }).Claims(Log).Should().BeFalse();
        (LogSignature with { KeyId = Witness.KeyId }).Claims(Log).Should().BeFalse();
    }

    [Fact]
    public void NoteSignature_MadeForAKeyOfTheOtherType_Throws()
    {
        var plain = () => NoteSignature.Ed25519(Witness, new byte[64]);
        var cosignature = () => NoteSignature.Cosignature(Log, 1, new byte[64]);
        var tooShort = () => NoteSignature.Ed25519(Log, new byte[63]);

        plain.Should().Throw<ArgumentException>();
        cosignature.Should().Throw<ArgumentException>();
        tooShort.Should().Throw<ArgumentException>();
    }
}
