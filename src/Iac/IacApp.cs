using System.CommandLine;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Diagnosis;
using Sequencer.Iac.Instances;
using Sequencer.Iac.Keys;
using Sequencer.Iac.Kms;
using Sequencer.Iac.Output;
using Sequencer.Iac.SecurityGroups;
using Sequencer.Iac.Stack;

namespace Sequencer.Iac;

/// <summary>The program: its command tree, and one run of it.</summary>
internal static class IacApp
{
    /// <summary>No argument is a file of arguments: a tag or name may well start with '@'.</summary>
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>
    /// Runs one command line to its exit code; never throws for what a person may do wrong.
    /// </summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        var parse = Build(surroundings).Parse(arguments, Parsing);
        if (parse.Errors.Count > 0 && parse.Action is not { ClearsParseErrors: true })
            return RefuseUsage(parse, surroundings.Error);

        var invocation = new InvocationConfiguration
        {
            Output = surroundings.Output,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parse.InvokeAsync(invocation, cancellation);
    }

    private static RootCommand Build(Surroundings surroundings)
    {
        var tree = new CommandTree(
            surroundings,
            "Sets up and tears down what the sequencer runs on: SSH keys, security groups and Nitro "
            + "instances of EC2, and the log key in KMS. Instances cost money from creation to termination.",
            "iac config show      what is in force, from setup/config.toml and elsewhere",
            "iac doctor           what is missing, and how to get it",
            "iac up               key pair, security group and instance",
            "iac instance list    what runs",
            "iac down             everything away again");
        tree.Root.Add(KeyCommands.Build(tree));
        tree.Root.Add(InstanceCommands.Build(tree));
        tree.Root.Add(SecurityGroupCommands.Build(tree));
        tree.Root.Add(KmsCommands.Build(tree));
        tree.Root.Add(UpCommand.Build(tree));
        tree.Root.Add(DownCommand.Build(tree));
        tree.Root.Add(DoctorCommand.Build(tree));
        tree.Root.Add(ConfigCommands.Build(tree));
        return tree.Root;
    }

    private static int RefuseUsage(ParseResult parse, TextWriter error)
    {
        var command = parse.CommandResult.Command;
        var commands = command.Subcommands.Select(sub => sub.Name).ToList();
        if (commands.Count > 0)
        {
            error.WriteLine(parse.UnmatchedTokens is [var wrong, ..]
                ? $"error: There is no command '{wrong}' here{Spelling.Suggest(wrong, commands)}."
                : "error: A command is missing.");
            error.WriteLine($"       It must be one of: {string.Join(", ", commands)}.");
        }
        else
        {
            foreach (var problem in parse.Errors)
                error.WriteLine($"error: {problem.Message}");
        }

        error.WriteLine($"       Run '{PathOf(parse.CommandResult)} --help' for its options and examples.");
        return (int)ExitCode.Usage;
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult parent
            ? $"{PathOf(parent)} {command.Command.Name}"
            : "iac";
}
