using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>
/// The whole configuration, read once before anything is built. setup/witness.sample.toml explains every key.
/// </summary>
internal sealed record WitnessSettings
{
    /// <summary>What the names of overriding environment variables start with.</summary>
    public const string EnvironmentPrefix = "SEQUENCER_WITNESS__";

    /// <summary>Tables of the same file that Kestrel reads itself.</summary>
    private static readonly string[] ForeignTables = ["kestrel:endpoints", "kestrel:certificates"];

    public required ServerSettings Server { get; init; }

    /// <summary>File with the witness's Ed25519 key, in the text form of a note's private key.</summary>
    public required string KeyFile { get; init; }

    /// <summary>The URL that policies give for this witness; it only serves to print the policy's line.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Folder of what was cosigned last.</summary>
    public required string StatePath { get; init; }

    public required LogRules Logs { get; init; }

    public required LoggingSettings Logging { get; init; }

    /// <summary>The file, and over it the environment.</summary>
    /// <exception cref="SettingsException">When the file cannot be read.</exception>
    public static IConfigurationRoot ReadConfiguration(string path) => new ConfigurationBuilder()
        .Add(new TomlConfigurationSource(TomlFile.Read(path, "make witness")))
        .AddEnvironmentVariables(EnvironmentPrefix)
        .Build();

    /// <exception cref="SettingsException">Naming the first setting that is wrong.</exception>
    public static WitnessSettings Read(IConfigurationRoot configuration)
    {
        var reader = new SettingsReader(configuration, EnvironmentPrefix);
        var settings = new WitnessSettings
        {
            Server = ServerSettings.Read(reader),
            KeyFile = SettingsFile.Existing(
                "witness.key_file", reader.Text("witness:key_file", "secrets/witness.key"))!,
            PublicUrl = reader.Text("witness:public_url", "http://127.0.0.1:5010"),
            StatePath = reader.Text("witness:state_path", "witness-state"),
            Logs = LogRuleSettings.Read(reader),
            Logging = LoggingSettings.Read(reader),
        };
        foreach (var table in ForeignTables)
            reader.Leave(table);
        reader.RefuseUnknown();
        return settings;
    }

    /// <summary>The witness's key; the caller disposes it.</summary>
    /// <exception cref="SettingsException">When the file holds no such key.</exception>
    public WitnessKey ReadKey()
    {
        try
        {
            return WitnessKey.Parse(SettingsFile.Text("witness.key_file", KeyFile));
        }
        catch (TlogException malformed)
        {
            throw new SettingsException($"witness.key_file: {KeyFile}: {malformed.Message}");
        }
    }
}
