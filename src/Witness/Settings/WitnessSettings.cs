namespace Sequencer.Witness;

/// <summary>
/// The whole configuration, read once before anything is built. setup/witness.sample.toml explains every key.
/// </summary>
internal sealed record WitnessSettings
{
    /// <summary>What the names of overriding environment variables start with.</summary>
    public const string EnvironmentPrefix = "SEQUENCER_WITNESS__";

    public required ServerSettings Server { get; init; }

    public required IdentitySettings Identity { get; init; }

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
            Identity = IdentitySettings.Read(reader),
            Logs = LogRuleSettings.Read(reader),
            Logging = LoggingSettings.Read(reader),
        };
        EndpointSettings.Check(reader);
        reader.RefuseUnknown();
        return settings;
    }
}
