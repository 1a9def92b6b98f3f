using System.Globalization;

namespace Sequencer.Iac.Output;

/// <summary>Times as this tool shows them: UTC.</summary>
internal static class Moments
{
    /// <summary>The SDK hands out local times; null stays null.</summary>
    public static DateTimeOffset? Utc(DateTime? time) =>
        time is { } known ? new DateTimeOffset(known.ToUniversalTime(), TimeSpan.Zero) : null;

    /// <summary>"2026-11-22 19:00:00 UTC", or "-".</summary>
    public static string Shown(DateTimeOffset? time) =>
        time?.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "-";
}
