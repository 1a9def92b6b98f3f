using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>What the program was asked to do.</summary>
internal sealed record CommandLine
{
    public const string Usage = """
        sequencer-gateway [--config FILE] [--init] [--take-over] [--new-log-key]
                                             serve; FILE defaults to setup/config.toml
        sequencer-gateway key [--config FILE] [--chain NAME]
                                             print the log's key for witnesses, and its line for the chain's policies
        sequencer-gateway config [--config FILE]     make FILE and the keys of a development set-up
        sequencer-gateway --help | --version

        --init accepts an empty ledger: use it once, for the first start on a new volume.
        --take-over takes the write role back after another gateway fenced this one: stop that one first.
        --new-log-key lets the ledger's chains go on under another log key; docs/reliability.md says what to do before.
        Every setting is explained in setup/sample.toml. An environment variable overrides the one it names:
        SEQUENCER__SERVER__LISTEN=http://127.0.0.1:5001 for listen in [server].
        Exit codes: 0 stopped as told, 1 could not start or go on, 2 usage, 3 fenced: do not start it again by itself.
        """;

    public Verb Verb { get; private init; }

    /// <summary>The configuration file.</summary>
    public string ConfigFile { get; private init; } = "setup/config.toml";

    /// <summary>Whether an empty ledger is accepted.</summary>
    public bool Init { get; private init; }

    /// <summary>Whether to serve although another gateway fenced this one.</summary>
    public bool TakeOver { get; private init; }

    /// <summary>Whether the ledger's chains go on under another log key.</summary>
    public bool NewLogKey { get; private init; }

    /// <summary>The chain whose policies are to name the log's key; null for none.</summary>
    public ChainId? Chain { get; private init; }

    /// <summary>Reads the arguments; null, with what is wrong, when they make no sense.</summary>
    public static CommandLine? Parse(IReadOnlyList<string> arguments, out string wrong)
    {
        wrong = "";
        var command = new CommandLine();
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "key" when i == 0:
                    command = command with { Verb = Verb.ShowKey };
                    break;
                case "config" when i == 0:
                    command = command with { Verb = Verb.MakeConfiguration };
                    break;
                case "--init":
                    command = command with { Init = true };
                    break;
                case "--take-over":
                    command = command with { TakeOver = true };
                    break;
                case "--new-log-key":
                    command = command with { NewLogKey = true };
                    break;
                case "--config" when i + 1 < arguments.Count:
                    command = command with { ConfigFile = arguments[++i] };
                    break;
                case "--chain" when i + 1 < arguments.Count && command.Verb == Verb.ShowKey:
                    if (!ChainId.TryParse(arguments[++i], out var chain))
                    {
                        wrong = $"--chain {arguments[i]}: a chain id matches [a-z0-9][a-z0-9._-]{{0,63}}";
                        return null;
                    }

                    command = command with { Chain = chain };
                    break;
                case "--help" or "-h":
                    command = command with { Verb = Verb.ShowUsage };
                    break;
                case "--version":
                    command = command with { Verb = Verb.ShowVersion };
                    break;
                default:
                    wrong = $"{arguments[i]} is not understood here";
                    return null;
            }
        }

        return command;
    }
}
