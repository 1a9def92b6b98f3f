using System.Globalization;
using System.Text;

namespace Sequencer.Eif;

/// <summary>
/// Writes the cpio archive in "newc" form that the kernel unpacks as its first root file system
/// (Documentation/driver-api/early-userspace/buffer-format.rst). Entries are sorted by path, missing parent
/// directories are added, inode numbers count from 1 and every time is 0: equal entries give equal bytes.
/// </summary>
public static class CpioArchive
{
    private const string Magic = "070701";
    private const string Trailer = "TRAILER!!!";
    private const int PathBytesMax = 4_095;

    /// <exception cref="EifException"><see cref="EifError.BadRamdiskEntry"/> when a path cannot be packed.
    /// </exception>
    public static byte[] Write(IEnumerable<CpioEntry> entries)
    {
        var byPath = new SortedDictionary<string, CpioEntry>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            CheckPath(entry.Path);
            if (!byPath.TryAdd(entry.Path, entry))
                throw Refused(entry.Path, "occurs twice");
        }

        AddParents(byPath);
        using var archive = new MemoryStream();
        var inode = 1u;
        foreach (var entry in byPath.Values)
        {
            var links = entry.IsDirectory ? 2u : 1u;
            WriteEntry(archive, entry.Path, inode++, entry.Mode, links, entry.Data.Span);
        }

        WriteEntry(archive, Trailer, inode: 0, mode: 0, links: 1, data: default);
        return archive.ToArray();
    }

    /// <summary>
    /// The entries of a folder. Of permissions only "may be run" is kept (0755 or 0644), so that neither the
    /// umask nor the checkout decides what is packed. Links are kept as links. The folder is expected to hold
    /// nothing but files, folders and links.
    /// </summary>
    /// <exception cref="IOException">When a file cannot be read.</exception>
    public static IEnumerable<CpioEntry> EntriesOf(string folder)
    {
        // Folders are walked by hand: an enumeration that recurses would follow links.
        var left = new Stack<(DirectoryInfo Folder, string Path)>([(new(folder), "")]);
        while (left.TryPop(out var next))
        {
            foreach (var item in next.Folder.EnumerateFileSystemInfos("*", EveryItem))
            {
                var path = next.Path + item.Name;
                yield return Entry(item, path);
                if (item is DirectoryInfo { LinkTarget: null } inner)
                    left.Push((inner, path + '/'));
            }
        }
    }

    private static EnumerationOptions EveryItem => new() { AttributesToSkip = 0 };

    private static CpioEntry Entry(FileSystemInfo item, string path) => item switch
    {
        { LinkTarget: { } target } => CpioEntry.SymbolicLink(path, target),
        FileInfo file => CpioEntry.File(
            path, File.ReadAllBytes(file.FullName), file.UnixFileMode.HasFlag(UnixFileMode.UserExecute)),
        _ => CpioEntry.Directory(path),
    };

    private static void CheckPath(string path)
    {
        if (path.Length == 0 || Encoding.UTF8.GetByteCount(path) > PathBytesMax || path.Contains('\0')
            || path.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw Refused(path, "is not a relative path without '.', '..' and empty parts");
        }

        if (path == Trailer)
            throw Refused(path, "is the mark that ends an archive");
    }

    private static void AddParents(SortedDictionary<string, CpioEntry> byPath)
    {
        foreach (var path in byPath.Keys.ToArray())
        {
            for (var cut = path.LastIndexOf('/'); cut > 0; cut = path.LastIndexOf('/', cut - 1))
            {
                var parent = path[..cut];
                if (!byPath.TryGetValue(parent, out var entry))
                    byPath.Add(parent, CpioEntry.Directory(parent));
                else if (!entry.IsDirectory)
                    throw Refused(path, $"lies under {parent}, which is not a directory");
            }
        }
    }

    private static void WriteEntry(
        MemoryStream archive, string path, uint inode, uint mode, uint links, ReadOnlySpan<byte> data)
    {
        var name = Encoding.UTF8.GetBytes(path);
        // inode, mode, uid, gid, links, mtime, size, device major and minor, its own major and minor, name
        // length with the NUL, checksum (unused in this form).
        uint[] fields =
            [inode, mode, 0, 0, links, 0, (uint)data.Length, 0, 0, 0, 0, (uint)name.Length + 1, 0];
        archive.Write(Encoding.ASCII.GetBytes(Magic));
        foreach (var field in fields)
            archive.Write(Encoding.ASCII.GetBytes(field.ToString("x8", CultureInfo.InvariantCulture)));
        archive.Write(name);
        archive.WriteByte(0);
        Pad(archive);
        archive.Write(data);
        Pad(archive);
    }

    private static void Pad(MemoryStream archive)
    {
        while (archive.Length % 4 != 0)
            archive.WriteByte(0);
    }

    private static EifException Refused(string path, string why) =>
        new(EifError.BadRamdiskEntry, $"The ramdisk entry '{path}' {why}.");
}
