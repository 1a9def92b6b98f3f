using System.Globalization;

namespace Sequencer.Attestation;

/// <summary>How values are written in sentences.</summary>
internal static class Words
{
    /// <summary>RFC 3339 in UTC, milliseconds only where there are any.</summary>
    public static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
