namespace Sequencer.EnclaveHost;

/// <summary>Lines for the operator, on standard error; for a first process that is the console.</summary>
internal static class HostLog
{
    /// <summary>The program's name.</summary>
    public static string Program { get; } =
        typeof(HostLog).Assembly.GetName().Name ?? throw new InvalidOperationException("No program name.");

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
