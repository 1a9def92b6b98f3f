namespace Sequencer.Cli.Terminal;

/// <summary>Ends a command with a sentence for a person and an exit code.</summary>
internal sealed class CliException : Exception
{
    private CliException(int exitCode, string message, Exception? inner)
        : base(message, inner) => ExitCode = exitCode;

    public int ExitCode { get; }

    /// <summary>The command line, or a file that it names, cannot be used as given.</summary>
    public static CliException Usage(string message, Exception? inner = null) =>
        new(ExitCodes.Usage, message, inner);

    /// <summary>The command was understood and ended in a refusal.</summary>
    public static CliException Refused(string message, Exception? inner = null) =>
        new(ExitCodes.Refused, message, inner);
}
