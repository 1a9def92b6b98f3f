using System.CommandLine;
using System.CommandLine.Help;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.CommandLine;

/// <summary>Puts the commands together: options, help with examples, and how each one is run.</summary>
internal sealed class CommandTree
{
    /// <summary>The settings that every command takes.</summary>
    public static readonly Setting[] Everywhere = [Settings.Region, Settings.CredFile, Settings.EndpointUrl];

    private readonly Surroundings _surroundings;
    private readonly Dictionary<Setting, Option<string?>> _settingOptions;
    private readonly Dictionary<Command, string[]> _examples = [];

    public CommandTree(Surroundings surroundings, string description, params string[] examples)
    {
        _surroundings = surroundings;
        _settingOptions = Settings.All.ToDictionary(setting => setting, MakeOption);
        Root = new RootCommand(description)
        {
            SharedOptions.Config, SharedOptions.Secrets, SharedOptions.Output, SharedOptions.Verbose,
        };
        foreach (var setting in Everywhere)
            Root.Add(_settingOptions[setting]);
        Root.HelpName = "iac";
        _examples[Root] = examples;
        var help = Root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, _examples);
    }

    public RootCommand Root { get; }

    /// <summary>A command that only holds others, such as "key".</summary>
    public Command Group(string name, string description, Command[] commands, params string[] examples)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
            group.Add(command);
        _examples[group] = examples;
        return group;
    }

    /// <summary>A command that does something.</summary>
    public Command Leaf(
        string name,
        string description,
        Func<Session, CancellationToken, Task> run,
        Setting[] settings,
        Option[] options,
        params string[] examples)
    {
        var command = new Command(name, description);
        foreach (var setting in settings)
            command.Add(_settingOptions[setting]);
        foreach (var option in options)
            command.Add(option);
        command.SetAction((parse, cancellation) => RunAsync(parse, run, cancellation));
        _examples[command] = examples;
        return command;
    }

    private static Option<string?> MakeOption(Setting setting) => new(setting.Option)
    {
        Description = setting.Default is null
            ? setting.Description
            : $"{setting.Description} Default: {setting.Default}.",
        HelpName = setting.ValueName,
        Recursive = Everywhere.Contains(setting),
    };

    private async Task<int> RunAsync(
        ParseResult parse, Func<Session, CancellationToken, Task> run, CancellationToken cancellation)
    {
        var report = new Report(
            _surroundings,
            parse.GetValue(SharedOptions.Output) == SharedOptions.OutputJson,
            parse.GetValue(SharedOptions.Verbose));
        var account = new Account();
        using var told = cancellation.Register(
            () => report.Note("Stopping after the call under way; Ctrl-C again ends at once."));
        try
        {
            var settings = ResolvedSettings.Resolve(
                setting => parse.GetResult(_settingOptions[setting]) is null
                    ? null
                    : parse.GetValue(_settingOptions[setting]),
                parse.GetValue(SharedOptions.Config),
                _surroundings);
            var secrets = new SecretsFolder(parse.GetValue(SharedOptions.Secrets)!, _surroundings);
            using var session = new Session(parse, settings, _surroundings, report, account, secrets);
            await run(session, cancellation);
            return (int)ExitCode.Done;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (int)FailureReport.Interrupted(report, account);
        }
        catch (Exception e)
        {
            return (int)FailureReport.Failed(report, account, e);
        }
    }
}
