namespace Sequencer.Cli.Terminal;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCodes
{
    /// <summary>Done, or valid.</summary>
    public const int Done = 0;

    /// <summary>Refused, or invalid.</summary>
    public const int Refused = 1;

    /// <summary>The command line cannot be understood, or names a file that cannot be used.</summary>
    public const int Usage = 2;
}
