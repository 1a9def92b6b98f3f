using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sequencer.Tlog;

/// <summary>The spellings the C2SP texts allow: exactly one for every value.</summary>
internal static class StrictText
{
    /// <summary>UTF-8 that refuses what it cannot represent, and knows no byte order mark.</summary>
    public static readonly UTF8Encoding Utf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Ends the sentence that refuses a text with CR LF.</summary>
    public const string LineEndsHint = "; save the file with LF line ends";

    private static readonly char[] ControlLetters = [.. Enumerable.Range(0, ' ').Select(code => (char)code)];
    private static readonly SearchValues<char> Controls = SearchValues.Create(ControlLetters);
    private static readonly SearchValues<char> ControlsButNewline =
        SearchValues.Create([.. ControlLetters.Where(letter => letter != '\n')]);

    /// <summary>Length of <paramref name="text"/> in UTF-8, in bytes.</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.InvalidUtf8"/> for a lone surrogate.
    /// </exception>
    public static int ByteCount(ReadOnlySpan<char> text, string what)
    {
        try
        {
            return Utf8.GetByteCount(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new TlogException(TlogError.InvalidUtf8, $"{what} has a lone surrogate at {e.Index}.", e);
        }
    }

    /// <summary>Decodes UTF-8.</summary>
    /// <exception cref="TlogException">With <see cref="TlogError.InvalidUtf8"/>.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string what)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new TlogException(TlogError.InvalidUtf8, $"{what} is not UTF-8: bad byte at {e.Index}.", e);
        }
    }

    /// <summary>
    /// Reads a decimal number without sign, space or leading zero, at most <paramref name="max"/>.
    /// </summary>
    public static bool TryDecimal(ReadOnlySpan<char> text, ulong max, out ulong value)
    {
        value = 0;
        // The framework's parser also takes NUL characters after the digits.
        if (text.ContainsAnyExceptInRange('0', '9') || (text.Length > 1 && text[0] == '0'))
            return false;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value <= max;
    }

    /// <summary>Reads standard base64 with padding in its one canonical spelling.</summary>
    public static bool TryBase64(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length % 4 != 0)
            return false;
        var decoded = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(text, decoded, out var written))
            return false;
        bytes = decoded[..written];
        // The decoder skips white space and ignores unused low bits; the canonical spelling has neither.
        return text.SequenceEqual(Convert.ToBase64String(bytes));
    }

    /// <summary>
    /// Index of the first ASCII control character other than the allowed ones; -1 if there is none.
    /// </summary>
    public static int IndexOfControl(ReadOnlySpan<char> text, bool allowNewline) =>
        text.IndexOfAny(allowNewline ? ControlsButNewline : Controls);

    /// <summary>Takes the next line, without its LF, off the front of <paramref name="rest"/>.</summary>
    /// <returns>False when no LF is left.</returns>
    public static bool TryTakeLine(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> line)
    {
        var end = rest.IndexOf('\n');
        line = end < 0 ? default : rest[..end];
        if (end < 0)
            return false;
        rest = rest[(end + 1)..];
        return true;
    }
}
