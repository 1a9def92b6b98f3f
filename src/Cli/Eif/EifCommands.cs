using System.CommandLine;
using Sequencer.Eif;

namespace Sequencer.Cli.Eif;

/// <summary><c>sequencer eif</c>: makes, describes and signs images, without Docker or nitro-cli.</summary>
public static class EifCommands
{
    public static Command Create() => new("eif", "Make, describe and sign enclave images (EIF files).")
    {
        EifBuildCommand.Create(),
        EifDescribeCommand.Create(),
        EifSignCommand.Create(),
    };

    /// <summary>Runs a command; what it refuses is one line on the error output, and exit code 1.</summary>
    internal static int Run(ParseResult parse, Func<int> command)
    {
        try
        {
            return command();
        }
        catch (EifException e)
        {
            parse.InvocationConfiguration.Error.WriteLine($"Refused ({e.Error}): {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            parse.InvocationConfiguration.Error.WriteLine(e.Message);
        }

        return 1;
    }

    /// <summary>Replaces a file as a whole, so that nobody meets half of it.</summary>
    internal static void Write(string path, byte[] bytes)
    {
        var unfinished = path + ".new";
        File.WriteAllBytes(unfinished, bytes);
        File.Move(unfinished, path, overwrite: true);
    }
}
