using Sequencer.Testing;

namespace Sequencer.Iac.LiveTests;

/// <summary>
/// What the live tests run against: the emulator moto if it is installed, or real AWS if that is asked for
/// with SEQUENCER_IAC_LIVE=aws, in which case setup/config.toml says with which credentials and where.
/// </summary>
internal static class LiveTarget
{
    /// <summary>Set to "aws" to run against real AWS, which costs money.</summary>
    public const string Choice = "SEQUENCER_IAC_LIVE";

    public static bool IsAws => Environment.GetEnvironmentVariable(Choice) == "aws";

    public static string Repository => SharedData.RepositoryRoot;

    public static string EmulatorScript => Path.Combine(Repository, "setup", "aws-emulator", "moto.sh");

    /// <summary>Why nothing can be run; null where something can.</summary>
    public static string? Unavailable { get; } = FindOutWhetherUnavailable();

    private static string ConfigFile => Path.Combine(Repository, "setup", "config.toml");

    private static string? FindOutWhetherUnavailable()
    {
        if (IsAws)
        {
            return File.Exists(ConfigFile)
                ? null
                : $"{Choice} is aws, but there is no setup/config.toml that says with which credentials.";
        }

        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        if (!File.Exists(Path.Combine(cache, "sequencer", "moto-trixie", "installed")))
            return "The AWS emulator is not installed ('make aws-emulator', as root), nor AWS asked for.";
        return Environment.IsPrivilegedProcess ? null : "The AWS emulator is in a chroot, which needs root.";
    }
}
