using Sequencer.Attestation;

namespace Sequencer.Gateway;

/// <summary>What a stranger wrote, fit for one line of a log.</summary>
internal static class Printable
{
    /// <summary>
    /// At most so many characters of a text, in which question marks stand for what a terminal would act on or not
    /// show: line ends of every kind, controls, marks that turn the direction of writing.
    /// </summary>
    public static string Of(string text, int charsMax)
    {
        var shown = text.Length > charsMax ? text[..charsMax] : text;
        return TerminalText.Of(shown.Trim(), "?");
    }
}
