using System.Globalization;
using System.Text;

namespace Sequencer.Tlog;

/// <summary>
/// The part <c>&lt;N&gt;[.p/&lt;W&gt;]</c> that tile and bundle paths share (C2SP tlog-tiles).
/// </summary>
internal static class TilePath
{
    // 2^55, the highest index there can be, has 17 digits: six groups of 'xddd/' and the width.
    private const int MaxLength = 6 * 5 + 6;

    public static string Format(string prefix, ulong index, int width)
    {
        var path = new StringBuilder();
        path.Append(CultureInfo.InvariantCulture, $"{index % 1000:000}");
        for (var rest = index / 1000; rest != 0; rest /= 1000)
            path.Insert(0, string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:000}/"));
        path.Insert(0, prefix);
        if (width != Tile.Width)
            path.Append(CultureInfo.InvariantCulture, $".p/{width}");
        return path.ToString();
    }

    /// <summary>
    /// Reads an index and a width, leaving the check for the one canonical spelling, overflow included, to
    /// the caller.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong index, out int width)
    {
        index = 0;
        width = Tile.Width;
        if (text.Length > MaxLength)
            return false;
        var partial = text.IndexOf(".p/");
        if (partial >= 0)
        {
            if (!StrictText.TryDecimal(text[(partial + 3)..], Tile.Width - 1, out var parsed) || parsed == 0)
                return false;
            width = (int)parsed;
            text = text[..partial];
        }

        foreach (var range in text.Split('/'))
        {
            var group = text[range];
            var digits = group.StartsWith("x") ? group[1..] : group;
            if (digits.Length != 3 || digits.ContainsAnyExceptInRange('0', '9'))
                return false;
            index = index * 1000 + uint.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        return true;
    }
}
