namespace Sequencer.Nitro.Guest;

/// <summary>What a first process does before anything else.</summary>
internal static class GuestBoot
{
    private const string ModulesFolder = "/modules";

    public static void Mount()
    {
        LinuxCalls.Mount("devtmpfs", "/dev");
        LinuxCalls.Mount("proc", "/proc");
        LinuxCalls.Mount("sysfs", "/sys");
    }

    /// <summary>Loads the image's modules in the order of their names.</summary>
    public static void LoadModules()
    {
        foreach (var module in Directory.GetFiles(ModulesFolder, "*.ko").Order(StringComparer.Ordinal))
            LinuxCalls.LoadModule(module, "");
    }
}
