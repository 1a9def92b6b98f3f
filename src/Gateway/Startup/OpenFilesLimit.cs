using System.Globalization;

namespace Sequencer.Gateway;

/// <summary>How many files the system lets the process open: a connection is one.</summary>
internal static partial class OpenFilesLimit
{
    private const string OwnLimits = "/proc/self/limits";

    // Those that are no connection of a client: 2,048 of the ledger at most, and some of the program itself.
    private const int OtherFilesMax = 2_500;

    /// <summary>
    /// Says so where the limit is reached before that of the connections. .NET raises it, at its start, to the
    /// highest that the system allows.
    /// </summary>
    public static void WarnIfLow(ILogger logger, int connectionsMax)
    {
        if (File.Exists(OwnLimits) && FindLow(File.ReadLines(OwnLimits), connectionsMax) is { } limit)
            LogLow(logger, limit, connectionsMax, OtherFilesMax);
    }

    /// <summary>The limit, in files, where it is too low for so many connections; otherwise null.</summary>
    /// <param name="limits">The lines of <c>/proc/self/limits</c>.</param>
    /// <param name="connectionsMax">Most connections open at one time.</param>
    public static long? FindLow(IEnumerable<string> limits, int connectionsMax)
    {
        const string name = "Max open files ";
        var line = limits.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) ?? name;
        var soft = line[name.Length..].TrimStart().Split(' ')[0];
        return long.TryParse(soft, CultureInfo.InvariantCulture, out var limit)
            && limit < (long)connectionsMax + OtherFilesMax ? limit : null;
    }

    [LoggerMessage(LogLevel.Warning,
        "The process may open {Limit} files; server.connections_max is {ConnectionsMax}, and up to {Others} are "
        + "no connections. Raise the limit (LimitNOFILE, ulimit -n) or lower server.connections_max")]
    private static partial void LogLow(ILogger logger, long limit, int connectionsMax, int others);
}
