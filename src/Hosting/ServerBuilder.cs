namespace Sequencer.Hosting;

/// <summary>Begins the application of a server.</summary>
internal static class ServerBuilder
{
    /// <summary>
    /// Neither the environment nor files of the framework change what runs: the settings are all there is, and the
    /// one log is the framework's too.
    /// </summary>
    /// <param name="configuration">Where the settings were read; Kestrel reads its own tables there.</param>
    /// <param name="logger">The one log of the program.</param>
    public static WebApplicationBuilder Create(IConfiguration configuration, Serilog.ILogger logger)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            EnvironmentName = Environments.Production,
            ContentRootPath = Directory.GetCurrentDirectory(),
            // Nothing is reloaded, so nothing need be watched: the framework would watch the whole folder, with
            // the server's own files and its log, and be told of every write to them.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(configuration);
        builder.Logging.UseLogger(logger);
        return builder;
    }
}
