using Sequencer.Cli.Terminal;

namespace Sequencer.Cli.Tests.Terminal;

public class PlainTests
{
    [Theory]
    [InlineData("plain — text, ünïcode 漢字 🙂", "plain — text, ünïcode 漢字 🙂")]
    [InlineData("two\nlines", "two\nlines")]
    [InlineData("\u001b[2Jcleared", "\uFFFD[2Jcleared")]
    [InlineData("bell\a tab\t return\r", "bell\uFFFD tab\uFFFD return\uFFFD")]
    [InlineData("left\u202eright", "left\uFFFDright")]
    [InlineData("\u009b31m", "\uFFFD31m")]
    public void Text_KeepsWhatIsHarmless(string text, string plain) => Plain.Text(text).Should().Be(plain);

    [Fact]
    public void Text_ReplacesALoneSurrogate() =>
        Plain.Text($"lone {(char)0xD800}.").Should().Be("lone \uFFFD.");

    [Fact]
    public void Line_StaysOnOneLine() => Plain.Line("two\nlines").Should().Be("two\uFFFDlines");
}
