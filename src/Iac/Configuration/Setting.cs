namespace Sequencer.Iac.Configuration;

/// <summary>
/// One key of <c>[iac.aws]</c>, which is also a command-line option and an environment variable. Values are
/// texts; lists are separated by commas.
/// </summary>
internal sealed record Setting(string Key, string Description)
{
    /// <summary>Begins the environment variable of every key, and of nothing else that the tool reads.</summary>
    public const string EnvironmentPrefix = "SEQUENCER_IAC_";

    public string Option => "--" + Key.Replace('_', '-');

    public string Environment => EnvironmentPrefix + Key.ToUpperInvariant();

    /// <summary>The word in angle brackets that stands for the value in <c>--help</c>.</summary>
    public required string ValueName { get; init; }

    /// <summary>In force when nothing else is said; null where there is none.</summary>
    public string? Default { get; init; }

    /// <summary>The TOML value that the sample shows.</summary>
    public required string Sample { get; init; }

    /// <summary>Whether the sample sets the key, or only shows it behind a comment sign.</summary>
    public bool SetInSample { get; init; }

    public SettingKind Kind { get; init; }

    /// <summary>Says what is wrong with a value, as the end of "it …"; null when nothing is.</summary>
    public Func<string, string?> Check { get; init; } = _ => null;
}
