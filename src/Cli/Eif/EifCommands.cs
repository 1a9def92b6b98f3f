using System.CommandLine;
using Sequencer.Cli.Terminal;
using Sequencer.Eif;

namespace Sequencer.Cli.Eif;

/// <summary><c>sequencer eif</c>: makes, describes and signs images, without Docker or nitro-cli.</summary>
internal static class EifCommands
{
    public static Command Create(CliEnvironment environment) =>
        new("eif", "Makes, describes and signs enclave images (EIF files).")
        {
            EifBuildCommand.Create(),
            EifDescribeCommand.Create(),
            EifSignCommand.Create(environment),
        };

    /// <summary>An image, from a file or a pipe.</summary>
    /// <exception cref="EifException">When a rule of the format does not hold.</exception>
    /// <exception cref="CliException">When it is missing, unreadable or longer than allowed.</exception>
    internal static EifFile Read(FileInfo image) =>
        EifFile.Parse(InputFile.ReadBytes(image, EifFile.MaxBytes));

    /// <summary>Runs a command, whose refusals become those of the command line.</summary>
    internal static int Run(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (EifException refusal)
        {
            throw CliException.Refused($"Refused ({refusal.Error}): {refusal.Message}", refusal);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage(unreadable.Message, unreadable);
        }
    }
}
