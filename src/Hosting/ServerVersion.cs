namespace Sequencer.Hosting;

/// <summary>Which version a server is: one number for all programs of a build.</summary>
internal static class ServerVersion
{
    /// <summary>Three numbers, such as 0.1.0.</summary>
    public static string Text { get; } = typeof(ServerVersion).Assembly.GetName().Version?.ToString(3)
        ?? throw new InvalidOperationException("No version.");
}
