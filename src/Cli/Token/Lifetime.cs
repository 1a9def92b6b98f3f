using System.Globalization;

namespace Sequencer.Cli.Token;

/// <summary>
/// Spans of time as people type them: a whole number and one of <c>s</c>, <c>m</c>, <c>h</c>, <c>d</c>.
/// </summary>
internal static class Lifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>
    /// Reads such as <c>90s</c>, <c>15m</c>, <c>1h</c> or <c>30d</c>; null for anything else, none, or more
    /// than ten years.
    /// </summary>
    public static TimeSpan? TryParse(string text)
    {
        if (text.Length < 2
            || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out var count))
            return null;
        TimeSpan? unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => null,
        };
        return count > 0 && unit is { } one && count <= Longest / one ? one * count : null;
    }
}
