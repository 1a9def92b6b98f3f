namespace Sequencer.Tlog.Tests;

public sealed class OriginTests
{
    private static readonly ChainId Demo = Parse("demo");

    [Theory]
    [InlineData("sequencer.example/log", "sequencer.example/log/demo")]
    [InlineData("127.0.0.1:5000/log", "127.0.0.1:5000/log/demo")]
    [InlineData("log", "log/demo")]
    public void For_PrefixAndChain_IsTheUrlWithoutScheme(string prefix, string expected) =>
        Origin.For(prefix, Demo).Should().Be(expected);

    [Theory]
    [InlineData("")]
    [InlineData("https://sequencer.example/log")]
    [InlineData("sequencer.example/log/")]
    [InlineData("/log")]
    [InlineData("sequencer example/log")]
    [InlineData("sequencer.example/log\n")]
    [InlineData("sequencer+example/log")]
    [InlineData("sequencer\u200bexample/log")]
    [InlineData("séquencer.example/log")]
    [InlineData("sequencer.example/\ue000")]
    public void For_NotAPrefix_ThrowsAndSaysWhatOneLooksLike(string prefix)
    {
        var make = () => Origin.For(prefix, Demo);
        make.Should().Throw<ArgumentException>().WithMessage("*sequencer.example/log*");
    }

    [Fact]
    public void For_LongestPrefixAndChain_IsAnOriginAndAKeyName()
    {
        var prefix = new string('p', Origin.MaxPrefixSizeBytes);
        var origin = Origin.For(prefix, Parse(new string('c', ChainId.MaxLength)));

        Checkpoint.Parse(new Checkpoint(origin, 0, MerkleHash.Empty).ToNoteText()).Origin.Should().Be(origin);
        TestKeys.LogKey(origin).Name.Should().Be(origin);
        var tooLong = () => Origin.For(prefix + "p", Demo);
        tooLong.Should().Throw<ArgumentException>().WithMessage("*190 bytes*");
    }

    private static ChainId Parse(string text) =>
        ChainId.TryParse(text, out var id) ? id : throw new FormatException(text);
}
