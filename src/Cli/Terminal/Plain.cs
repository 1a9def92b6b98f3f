using System.Text;

namespace Sequencer.Cli.Terminal;

/// <summary>
/// Makes text from outside safe to print: what a file or a server says must not drive the terminal.
/// </summary>
internal static class Plain
{
    /// <summary>
    /// The text with every control and formatting character but line ends replaced by U+FFFD.
    /// </summary>
    public static string Text(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            plain.Append(IsPlain(rune) ? rune.ToString() : "\uFFFD");
        return plain.ToString();
    }

    /// <summary>The same on one line: line ends too are replaced.</summary>
    public static string Line(string text) => Text(text).Replace('\n', '\uFFFD');

    private static bool IsPlain(Rune rune) =>
        rune.Value == '\n' || Rune.GetUnicodeCategory(rune) is not (
            System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.LineSeparator
            or System.Globalization.UnicodeCategory.ParagraphSeparator
            or System.Globalization.UnicodeCategory.PrivateUse
            or System.Globalization.UnicodeCategory.OtherNotAssigned);
}
