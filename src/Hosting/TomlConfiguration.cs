namespace Sequencer.Hosting;

/// <summary>Puts a configuration file below the environment variables in ASP.NET configuration.</summary>
internal sealed class TomlConfigurationSource(TomlFile file) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new TomlConfigurationProvider(file);
}

/// <summary>The values of one configuration file; <see cref="File"/> knows their kinds and lines.</summary>
internal sealed class TomlConfigurationProvider(TomlFile file) : ConfigurationProvider
{
    public TomlFile File => file;

    public override void Load()
    {
        foreach (var (key, value) in file.Values)
        {
            if (value.Kind is not (TomlKind.EmptyList or TomlKind.EmptyTable))
                Set(key, value.Text);
        }
    }
}
