namespace Sequencer.Witness;

/// <summary>What the program was asked to do.</summary>
internal sealed record CommandLine
{
    public const string Usage = """
        sequencer-witness [--config FILE] [--init]    cosign; FILE defaults to setup/witness.toml
        sequencer-witness key [--config FILE]         print the witness's key and its line for policies
        sequencer-witness config [--config FILE] [--name NAME] [--gateway FOLDER]
                                                      make FILE, a key called NAME and an empty state; for the
                                                      chains of the development gateway in FOLDER, or here
        sequencer-witness --help | --version

        --init accepts an empty state: use it once, for the first start of a new key.
        Every setting is explained in setup/witness.sample.toml. An environment variable overrides the one it
        names: SEQUENCER_WITNESS__SERVER__LISTEN=http://127.0.0.1:5011 for listen in [server].
        Exit codes: 0 stopped as told, 1 could not start, 2 usage.
        """;

    public Verb Verb { get; private init; }

    /// <summary>The configuration file.</summary>
    public string ConfigFile { get; private init; } = "setup/witness.toml";

    /// <summary>Whether an empty state is accepted.</summary>
    public bool Init { get; private init; }

    /// <summary>Name of a new key.</summary>
    public string KeyName { get; private init; } = "127.0.0.1:5010";

    /// <summary>
    /// Folder of the development gateway whose chains a new configuration cosigns; null for the present
    /// folder, where there need not be one.
    /// </summary>
    public string? GatewayFolder { get; private init; }

    /// <summary>Reads the arguments; null, with what is wrong, when they make no sense.</summary>
    public static CommandLine? Parse(IReadOnlyList<string> arguments, out string wrong)
    {
        wrong = "";
        var command = new CommandLine();
        for (var i = 0; i < arguments.Count; i++)
        {
            var hasValue = i + 1 < arguments.Count;
            switch (arguments[i])
            {
                case "key" when i == 0:
                    command = command with { Verb = Verb.ShowKey };
                    break;
                case "config" when i == 0:
                    command = command with { Verb = Verb.MakeConfiguration };
                    break;
                case "--init" when command.Verb == Verb.Serve:
                    command = command with { Init = true };
                    break;
                case "--config" when hasValue:
                    command = command with { ConfigFile = arguments[++i] };
                    break;
                case "--name" when hasValue && command.Verb == Verb.MakeConfiguration:
                    command = command with { KeyName = arguments[++i] };
                    break;
                case "--gateway" when hasValue && command.Verb == Verb.MakeConfiguration:
                    command = command with { GatewayFolder = arguments[++i] };
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
