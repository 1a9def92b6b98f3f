using Serilog.Extensions.Logging;

namespace Sequencer.Witness;

/// <summary>Runs the service from its configuration to its end.</summary>
internal static partial class WitnessHost
{
    /// <summary>Serves until told to stop (SIGTERM, SIGINT).</summary>
    /// <exception cref="SettingsException">When a setting, or something that a setting names, stops the
    /// start.</exception>
    public static async Task<int> RunAsync(CommandLine command)
    {
        var configuration = WitnessSettings.ReadConfiguration(command.ConfigFile);
        var settings = WitnessSettings.Read(configuration);
        await using var log = LoggingSetup.CreateLogger(settings.Logging);
        using var loggers = new LoggerFactory([new SerilogLoggerProvider(log)]);
        var logger = loggers.CreateLogger(typeof(WitnessHost));
        using var key = settings.Identity.ReadKey();
        using var files = TakeFolder(settings, command.Init);
        using var http = LogConnections.Open();
        await using var service = StartService(settings, key, files, command.Init, http, loggers);
        await using var app = WitnessApp.Build(settings, configuration, service, log, TimeProvider.System);
        await app.StartListeningAsync(settings.Server.Listener);
        LogStarted(logger, string.Join(", ", app.Urls), key.Verifier, service.LogCount, ServerVersion.Text);
        foreach (var rule in settings.Logs.All)
            LogCosigns(logger, rule.Prefix is null ? rule.Key.Name : rule.Prefix + "/…", Demands(rule));
        await app.WaitForShutdownAsync();
        LogStopped(logger);
        return ExitCodes.Stopped;
    }

    /// <summary>Prints the witness's vkey, and the line by which a policy names it.</summary>
    /// <exception cref="SettingsException">When the configuration or the key cannot be read.</exception>
    public static int ShowKey(CommandLine command, TextWriter output)
    {
        // The key alone: whoever asks for it may not know yet which logs there will be.
        var settings = IdentitySettings.Read(new SettingsReader(
            WitnessSettings.ReadConfiguration(command.ConfigFile), WitnessSettings.EnvironmentPrefix));
        using var key = settings.ReadKey();
        output.WriteLine(key.Verifier);
        output.WriteLine($"witness {key.Verifier.Name} {key.Verifier} {settings.PublicUrl}");
        return ExitCodes.Stopped;
    }

    private static StateFolder TakeFolder(WitnessSettings settings, bool init)
    {
        try
        {
            return StateFolder.Take(settings.Identity.StatePath, make: init);
        }
        catch (StateException unusable)
        {
            throw new SettingsException($"witness.state_path: {unusable.Message}");
        }
    }

    private static WitnessService StartService(
        WitnessSettings settings, WitnessKey key, StateFolder files, bool init, HttpMessageInvoker http,
        ILoggerFactory loggers)
    {
        try
        {
            return WitnessService.Start(
                settings.Logs, key, files, init, http, TimeProvider.System, loggers);
        }
        catch (StateException unusable)
        {
            throw new SettingsException(
                $"witness.state_path ({settings.Identity.StatePath}): {unusable.Message}");
        }
    }

    private static string Demands(LogRule rule) => rule.Enclave is { } enclave
        ? $"the log's key and {enclave.CosignerName} of an accepted image"
        : "the log's key";

    [LoggerMessage(LogLevel.Information,
        "Listening on {Addresses}; witness {Key}; {Count} logs in the state; version {Version}")]
    private static partial void LogStarted(
        ILogger logger, string addresses, Tlog.VerifierKey key, int count, string version);

    [LoggerMessage(LogLevel.Information, "Cosigns {Log} when signed by {Demands}")]
    private static partial void LogCosigns(ILogger logger, string log, string demands);

    [LoggerMessage(LogLevel.Information, "Stopped; all that was cosigned is in the state")]
    private static partial void LogStopped(ILogger logger);
}
