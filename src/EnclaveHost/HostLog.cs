using System.Reflection;

namespace Sequencer.EnclaveHost;

/// <summary>Lines for the operator, on standard error; for a first process that is the console.</summary>
internal static class HostLog
{
    private static readonly AssemblyName Build = typeof(HostLog).Assembly.GetName();

    /// <summary>The program's name.</summary>
    public static string Program { get; } =
        Build.Name ?? throw new InvalidOperationException("No program name.");

    /// <summary>The program's version, three numbers.</summary>
    public static string Version { get; } =
        Build.Version?.ToString(3) ?? throw new InvalidOperationException("No version.");

    /// <summary>Never throws: an epoch is worth more than a line that cannot be written.</summary>
    public static void Line(string text)
    {
        try
        {
            Console.Error.WriteLine($"{Program}: {text}");
        }
        catch (IOException)
        {
            // A full disk, or a console that is gone: there is nobody to tell.
        }
    }
}
