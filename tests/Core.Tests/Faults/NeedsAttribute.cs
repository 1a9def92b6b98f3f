using System.Diagnostics;

namespace Sequencer.Core.Tests.Faults;

/// <summary>A test that needs something of this machine; skipped, saying so, where a trial of it fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsAttribute : FactAttribute
{
    /// <param name="what">What is needed, for the message.</param>
    /// <param name="trial">A shell command that succeeds where it is there.</param>
    public NeedsAttribute(string what, string trial)
    {
        (What, Trial) = (what, trial);
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", $"{trial} >/dev/null 2>&1"]))!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            Skip = $"{what} cannot be had here.";
    }

    public string What { get; }

    public string Trial { get; }
}
