using System.Globalization;

namespace Sequencer.Cli.Terminal;

/// <summary>How times are printed: RFC 3339 in UTC, fractions only where there are any.</summary>
internal static class Moment
{
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
