namespace Sequencer.EnclaveHost;

/// <summary>
/// The kernel modules of the image: every file <c>*.ko</c> of one folder, in the order of their names. An
/// image whose kernel needs none has no such folder.
/// </summary>
internal static class KernelModules
{
    public const string Folder = "/modules";

    // Nitro, as Firecracker, announces its devices by words virtio_mmio.device=... on the command line. A
    // kernel built without CONFIG_VIRTIO_MMIO_CMDLINE_DEVICES leaves them to this module of ours.
    private const string AnnouncingModule = "virtio_mmio_cmdline.ko";
    private const string AnnouncedBy = "virtio_mmio.";

    /// <exception cref="IOException">When the kernel does not take one of them.</exception>
    public static void Load(string folder, string commandLine)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var path in Directory.GetFiles(folder, "*.ko").Order(StringComparer.Ordinal))
            LinuxCalls.LoadModule(path, Parameters(path, commandLine));
    }

    /// <summary>What a module is to be told, from the kernel's command line.</summary>
    internal static string Parameters(string path, string commandLine) =>
        path.EndsWith(AnnouncingModule, StringComparison.Ordinal)
            ? string.Join(' ', commandLine.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Where(word => word.StartsWith(AnnouncedBy, StringComparison.Ordinal))
                .Select(word => word[AnnouncedBy.Length..]))
            : "";
}
