using System.Globalization;
using System.Text;
using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class AddCheckpointAnswerTests
{
    private static readonly Gen<NoteSignature> AnyLine =
        Gen.Select(Gen.String[Gen.Char['a', 'z'], 1, 20], Gen.UInt, Gen.Byte.Array[1, 100])
            .Select((name, id, blob) => new NoteSignature(name, id, blob));

    [Fact]
    public void ParseCosignatures_AnyLines_RoundTrips() =>
        AnyLine.Array[1, SignedNote.MaxSignatures].Sample(lines =>
            AddCheckpointAnswer.ParseCosignatures(Bytes(AddCheckpointAnswer.FormatCosignatures(lines)))
                .Should().Equal(lines), iter: 200);

    [Theory]
    [InlineData("", TlogError.MalformedWitnessMessage)]
    [InlineData("— a AAAAAAA=", TlogError.MalformedWitnessMessage)]
    [InlineData("\n", TlogError.MalformedSignatureLine)]
    [InlineData("— a AAAAAAA=\n\n", TlogError.MalformedSignatureLine)]
    [InlineData("\n— a AAAAAAA=\n", TlogError.MalformedSignatureLine)]
    [InlineData("<html>\n", TlogError.MalformedSignatureLine)]
    [InlineData("— a AAAAAAA=\r\n", TlogError.ControlCharacter)]
    [InlineData("— a AAAAAA==\n", TlogError.MalformedSignatureLine)]
    public void ParseCosignatures_Malformed_IsRefused(string text, TlogError expected) =>
        Refusal.Of(() => AddCheckpointAnswer.ParseCosignatures(Bytes(text))).Should().Be(expected);

    [Fact]
    public void ParseCosignatures_BeyondALimit_IsRefused()
    {
        var tooMany = string.Concat(Enumerable.Repeat("— a AAAAAAA=\n", SignedNote.MaxSignatures + 1));
        Refusal.Of(() => AddCheckpointAnswer.ParseCosignatures(Bytes(tooMany)))
            .Should().Be(TlogError.TooManySignatures);
        var tooLong = new byte[AddCheckpointAnswer.MaxSizeBytes + 1];
        Refusal.Of(() => AddCheckpointAnswer.ParseCosignatures(tooLong)).Should().Be(TlogError.TooLarge);
        Refusal.Of(() => AddCheckpointAnswer.ParseCosignatures([0xff, (byte)'\n']))
            .Should().Be(TlogError.InvalidUtf8);
    }

    [Fact]
    public void FormatCosignatures_WithoutALine_Throws() =>
        FluentActions.Invoking(() => AddCheckpointAnswer.FormatCosignatures([]))
            .Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void ParseSize_AnySize_RoundTrips() =>
        Gen.ULong[0, CompactRange.MaxSize].Sample(size =>
        {
            var body = Bytes(string.Create(CultureInfo.InvariantCulture, $"{size}\n"));
            return AddCheckpointAnswer.ParseSize(body) == size;
        });

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("1")]
    [InlineData("1\r\n")]
    [InlineData("01\n")]
    [InlineData("-1\n")]
    [InlineData("1\n\n")]
    [InlineData(" 1\n")]
    [InlineData("1\0\n")]
    [InlineData("9223372036854775808\n")]
    [InlineData("999999999999999999999999999\n")]
    public void ParseSize_Malformed_IsRefused(string text) =>
        Refusal.Of(() => AddCheckpointAnswer.ParseSize(Bytes(text)))
            .Should().Be(TlogError.MalformedWitnessMessage);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
