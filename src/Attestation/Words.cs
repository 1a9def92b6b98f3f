using System.Globalization;

namespace Sequencer.Attestation;

/// <summary>How values are written in sentences.</summary>
internal static class Words
{
    /// <summary>RFC 3339 in UTC, milliseconds only where there are any.</summary>
    public static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>The two greatest units: <c>3 d 4 h</c>, <c>1 min 5 s</c>, <c>0.250 s</c>.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalDays: >= 1 } => Invariant($"{duration.Days} d {duration.Hours} h"),
        { TotalHours: >= 1 } => Invariant($"{duration.Hours} h {duration.Minutes} min"),
        { TotalMinutes: >= 1 } => Invariant($"{duration.Minutes} min {duration.Seconds} s"),
        _ => Invariant($"{duration.TotalSeconds:F3} s"),
    };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
