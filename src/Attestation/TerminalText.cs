using System.Globalization;
using System.Text;

namespace Sequencer.Attestation;

/// <summary>What strangers wrote, made safe to print: it must not drive the terminal that shows it.</summary>
public static class TerminalText
{
    /// <summary>True for a character that a terminal shows as itself and acts on in no way: no line end, no
    /// other control, no mark that turns the direction of writing.</summary>
    public static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);

    /// <summary>
    /// The text on one line, with <paramref name="substitute"/> for every character that is not printable; a lone
    /// surrogate becomes U+FFFD.
    /// </summary>
    public static string Of(string text, string substitute) =>
        string.Concat(text.EnumerateRunes().Select(rune => IsPrintable(rune) ? rune.ToString() : substitute));
}
