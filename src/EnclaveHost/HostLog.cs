namespace Sequencer.EnclaveHost;

/// <summary>Lines for the operator, on standard error; for a first process that is the console.</summary>
internal static class HostLog
{
    /// <summary>The program's name.</summary>
    public static string Program { get; } =
        typeof(HostLog).Assembly.GetName().Name ?? throw new InvalidOperationException("No program name.");

    public static void Line(string text) => Console.Error.WriteLine($"{Program}: {text}");
}
