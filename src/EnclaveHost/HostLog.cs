namespace Sequencer.EnclaveHost;

/// <summary>Lines for the operator, on standard error: the console, where this is the first process.</summary>
internal static class HostLog
{
    /// <summary>The program's name.</summary>
    public static string Program { get; } =
        typeof(HostLog).Assembly.GetName().Name ?? throw new InvalidOperationException("The program has no name.");

    public static void Line(string text) => Console.Error.WriteLine($"{Program}: {text}");
}
