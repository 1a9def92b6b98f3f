using System.CommandLine;
using System.CommandLine.Invocation;
using Sequencer.Cli.Attestation;
using Sequencer.Cli.Audit;
using Sequencer.Cli.Eif;
using Sequencer.Cli.Evidence;
using Sequencer.Cli.Feed;
using Sequencer.Cli.Monitor;
using Sequencer.Cli.Policy;
using Sequencer.Cli.Receipt;
using Sequencer.Cli.Submit;
using Sequencer.Cli.Terminal;
using Sequencer.Cli.Token;
using Sequencer.Cli.Verify;
using Sequencer.Client;

namespace Sequencer.Cli;

/// <summary>
/// The command line: what commands there are, and how each way of ending becomes an exit code.
/// </summary>
internal static class SequencerCli
{
    private const string Name = "sequencer";

    /// <summary>A transaction may begin with @: no argument names a file of further arguments.</summary>
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs one command line to its exit code (<see cref="ExitCodes"/>).</summary>
    public static async Task<int> RunAsync(
        string[] args, CliEnvironment environment, CancellationToken cancellation = default)
    {
        var parsed = CreateRoot(environment).Parse(args, Parsing);
        if (parsed.Action is ParseErrorAction)
            return ReportUsage(parsed, environment);
        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = environment.Output,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
            };
            return await parsed.InvokeAsync(configuration, cancellation).ConfigureAwait(false);
        }
        catch (CliException failure)
        {
            return Report(environment, failure.ExitCode, failure.Message);
        }
        catch (SequencerClientException failure)
        {
            return Report(environment, ExitCodes.Refused, failure.Message);
        }
        catch (OutputException failure)
        {
            return Report(environment, ExitCodes.Refused, failure.Message);
        }
        catch (OperationCanceledException)
        {
            return Report(environment, ExitCodes.Refused, "Stopped before the end, as asked.");
        }
        catch (Exception fault)
        {
            return Report(environment, ExitCodes.Refused,
                $"The command failed unexpectedly: {fault.Message} ({fault.GetType().Name}). This is a fault "
                    + "of the program: please report it, with the command line.");
        }
    }

    private static RootCommand CreateRoot(CliEnvironment environment)
    {
        var root = new RootCommand("Submits transactions to a BLOCKY sequencer, and verifies its receipts.")
        {
            new TokenCommand(environment),
            new SubmitCommand(environment),
            new ReceiptCommand(environment),
            VerifyCommand.Create(environment),
            PolicyCommand.Create(environment),
            new AuditCommand(environment),
            new FeedCommand(environment),
            new MonitorCommand(environment),
            VerifyEvidenceCommand.Create(environment),
            AttestationCommands.Create(environment),
            EifCommands.Create(environment),
        };
        root.HelpName = Name;
        return root;
    }

    private static int ReportUsage(ParseResult parsed, CliEnvironment environment)
    {
        foreach (var error in parsed.Errors)
            environment.Error.WriteLine(Plain.Text(error.Message));
        var command = parsed.CommandResult.Command;
        var path = command is RootCommand ? Name : $"{Name} {PathOf(command)}";
        environment.Error.WriteLine($"Try: {path} --help");
        return ExitCodes.Usage;
    }

    private static string PathOf(Command command)
    {
        var parents = command.Parents.OfType<Command>().Where(parent => parent is not RootCommand);
        return string.Join(' ', [.. parents.Select(PathOf), command.Name]);
    }

    private static int Report(CliEnvironment environment, int exitCode, string message)
    {
        environment.Error.WriteLine(Plain.Text(message));
        return exitCode;
    }
}
