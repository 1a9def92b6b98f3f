using System.Text;

namespace Sequencer.Attestation.Tests;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain — text, ünïcode 漢字 🙂")]
    [InlineData("e\u0301 is two characters")]
    public void Of_WhatIsHarmless_KeepsIt(string text) => TerminalText.Of(text, "?").Should().Be(text);

    [Theory]
    [InlineData(0x1b, "a control")]
    [InlineData('\n', "a line end")]
    [InlineData(0x9b, "a control of the second row")]
    [InlineData(0x2028, "a line separator")]
    [InlineData(0x2029, "a paragraph separator")]
    [InlineData(0x202e, "a mark that turns the direction of writing")]
    [InlineData(0xe000, "for private use")]
    [InlineData(0x0378, "not assigned")]
    public void Of_WhatATerminalActsOnOrDoesNotShow_HasTheSubstitute(int code, string what)
    {
        TerminalText.IsPrintable(new Rune(code)).Should().BeFalse(what);
        TerminalText.Of($"a{new Rune(code)}b", "\uFFFD").Should().Be("a\uFFFDb", what);
    }

    [Fact]
    public void Of_ALoneSurrogate_HasTheReplacementCharacter() =>
        TerminalText.Of($"lone {(char)0xD800}.", "?").Should().Be("lone \uFFFD.");
}
