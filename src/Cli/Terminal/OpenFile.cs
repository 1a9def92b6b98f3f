using System.Globalization;

namespace Sequencer.Cli.Terminal;

/// <summary>
/// A file that some process has open, named by its number there. It goes on where that process is: another file put
/// in its place would take from it what it writes.
/// </summary>
internal sealed class OpenFile
{
    /// <summary>Links followed at most, as the system does.</summary>
    private const int LinksMax = 40;

    private static readonly string[] OwnFolders =
        ["/dev/fd", "/proc/self/fd", $"/proc/{Environment.ProcessId}/fd"];

    private readonly string _path;

    private OpenFile(string path) => _path = path;

    /// <summary>The open file that a path is, or that its links lead through; null when there is none.</summary>
    public static OpenFile? Find(FileInfo file)
    {
        FileSystemInfo? at = file;
        for (var links = 0; at is not null && links < LinksMax; links++)
        {
            if (at.FullName.StartsWith("/proc/", StringComparison.Ordinal) || Number(at.FullName) is not null)
                return Path.Exists(at.FullName) ? new(at.FullName) : null;
            at = at.LinkTarget is null ? null : at.ResolveLinkTarget(returnFinalTarget: false);
        }

        return null;
    }

    /// <summary>Writes behind what was written there.</summary>
    /// <exception cref="IOException">When it takes no more, or not for writing.</exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        using Stream stream = Number(_path) is { } own
            ? new StandardOutput(own)
            : new FileStream(_path, FileMode.Append, FileAccess.Write);
        stream.Write(content);
    }

    /// <summary>Its number in this process; null when it is another's.</summary>
    private static int? Number(string path) =>
        OwnFolders.Contains(Path.GetDirectoryName(path))
            && int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
