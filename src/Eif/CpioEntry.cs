namespace Sequencer.Eif;

/// <summary>
/// One name in a ramdisk, made by one of the three methods. Paths are relative and use '/'. Owner and group
/// are always root and the time is always 0, so that the same contents give the same bytes.
/// </summary>
public sealed record CpioEntry
{
    private const uint DirectoryType = 0x4000;
    private const uint RegularType = 0x8000;
    private const uint SymbolicLinkType = 0xa000;

    private CpioEntry(string path, uint mode, ReadOnlyMemory<byte> data)
    {
        Path = path;
        Mode = mode;
        Data = data;
    }

    public string Path { get; }

    /// <summary>Type and permission bits, as in <c>st_mode</c>.</summary>
    public uint Mode { get; }

    /// <summary>A file's contents or a link's target; empty for a directory.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    internal bool IsDirectory => (Mode & 0xf000) == DirectoryType;

    /// <summary>A directory, 0755.</summary>
    public static CpioEntry Directory(string path) => new(path, DirectoryType | Permissions(true), default);

    /// <summary>A file, 0755 when it is to be run and 0644 when not.</summary>
    public static CpioEntry File(string path, ReadOnlyMemory<byte> data, bool executable = false) =>
        new(path, RegularType | Permissions(executable), data);

    /// <summary>A symbolic link; the target is kept as it is given.</summary>
    public static CpioEntry SymbolicLink(string path, string target) =>
        new(path, SymbolicLinkType | 0x1ff, System.Text.Encoding.UTF8.GetBytes(target));

    private static uint Permissions(bool executable) => executable ? 0x1edu : 0x1a4u;
}
