namespace Sequencer.Bench.Peers;

/// <summary>Finds programs that packages have installed.</summary>
internal static class Installed
{
    private static readonly string[] Folders =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'),
        "/usr/sbin",
        .. PostgresFolders(),
    ];

    /// <summary>A program's path; null when it is not installed.</summary>
    public static string? Find(string program) =>
        Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>A program's path.</summary>
    /// <exception cref="BenchException">When it is not installed.</exception>
    public static string Require(string program) =>
        Find(program) ?? throw new BenchException($"{program} is not installed.");

    /// <summary>Debian keeps PostgreSQL out of the path, a folder for each version; the newest first.</summary>
    private static IEnumerable<string> PostgresFolders()
    {
        const string Root = "/usr/lib/postgresql";
        return Directory.Exists(Root)
            ? Directory.GetDirectories(Root).OrderDescending().Select(version => Path.Combine(version, "bin"))
            : [];
    }
}
