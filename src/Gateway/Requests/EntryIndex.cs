using System.Globalization;

namespace Sequencer.Gateway;

/// <summary>Reads the indices of entries that callers send.</summary>
internal static class EntryIndex
{
    /// <summary>
    /// Reads a whole number from 0 up, in decimal digits without leading zeros, however long the chain is.
    /// </summary>
    public static bool TryParse(string text, out ulong index) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index)
        && (text.Length == 1 || text[0] != '0')
        && text.All(char.IsAsciiDigit); // the runtime's parsers pass over NUL characters at the end
}
