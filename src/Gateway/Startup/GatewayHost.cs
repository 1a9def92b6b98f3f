using Sequencer.Core;
using Sequencer.Protocol;

namespace Sequencer.Gateway;

/// <summary>Runs the service from its configuration to its end.</summary>
internal static partial class GatewayHost
{
    /// <summary>
    /// Serves until told to stop (SIGTERM, SIGINT), or until the sequencer stops by itself.
    /// </summary>
    /// <returns>What it ended with, one of <see cref="ExitCodes"/>.</returns>
    /// <exception cref="SettingsException">When a setting, or something that a setting names, stops the
    /// start.</exception>
    /// <exception cref="EnclaveFencedException">When this gateway was fenced earlier.</exception>
    public static async Task<int> RunAsync(CommandLine command)
    {
        SocketCompletions.RunInline();
        var configuration = ReadConfiguration(command.ConfigFile);
        var settings = GatewaySettings.Read(configuration);
        settings.Sequencer.TakeOver = command.TakeOver;
        settings.Log.TakesNewKey = command.NewLogKey;
        await using var log = LoggingSetup.CreateLogger(settings.Logging, out var lines);
        using var loggers = new LoggerFactory();
        loggers.AddProvider(new Serilog.Extensions.Logging.SerilogLoggerProvider(log));
        var logger = loggers.CreateLogger(typeof(GatewayHost));
        var ledger = new RocksLedgerSource(
            settings.Ledger.Path, settings.Ledger.Id, command.Init, settings.Ledger.Compression);
        await using var service = await SequencerService.StartAsync(settings, ledger, loggers);
        await using var app = GatewayApp.Build(
            settings, configuration, service.Core, service.Identity, log, TimeProvider.System, lines);
        await app.StartListeningAsync(settings.Server.Listener);
        LogStarted(
            logger, string.Join(", ", app.Urls), settings.Enclave.Address, settings.Log.Prefix, ServerVersion.Text);
        OpenFilesLimit.WarnIfLow(logger, settings.Server.Listener.ConnectionsMax);
        var ended = await Task.WhenAny(app.WaitForShutdownAsync(), service.Core.Completion);
        var stoppedByItself = ended == service.Core.Completion;
        if (stoppedByItself)
            LogStoppedByItself(
                logger, service.Core.Completion.Exception?.InnerException, service.Core.Status.Reason);
        var broken = FindFailure(app.Services.GetServices<IHostedService>());
        if (broken is not null)
            LogServiceFailed(logger, broken);
        // The server first: calls in flight get their answers from a sequencer that still runs.
        await app.StopAsync();
        using var patience = new CancellationTokenSource(
            TimeSpan.FromSeconds(settings.Server.Listener.StopTimeoutSeconds), TimeProvider.System);
        await service.Core.StopAsync(patience.Token);
        LogStopped(logger);
        return !stoppedByItself && broken is null ? ExitCodes.Stopped
            : service.Core.Completion.Exception?.InnerException is EnclaveFencedException ? ExitCodes.Fenced
            : ExitCodes.Failed;
    }

    /// <summary>
    /// What ended one of the background services; null when none failed. The host then stops as if it had been
    /// told to, and says why under a category that is silenced here.
    /// </summary>
    public static Exception? FindFailure(IEnumerable<IHostedService> services) => services
        .OfType<BackgroundService>()
        .Select(service => service.ExecuteTask?.Exception?.InnerException)
        .FirstOrDefault(failure => failure is not null);

    /// <summary>The file, and over it the environment.</summary>
    public static IConfigurationRoot ReadConfiguration(string path) => new ConfigurationBuilder()
        .Add(new TomlConfigurationSource(TomlFile.Read(path, "make config")))
        .AddEnvironmentVariables(GatewaySettings.EnvironmentPrefix)
        .Build();

    [LoggerMessage(LogLevel.Information,
        "Listening on {Addresses}; enclave {Enclave}; logs under {LogPrefix}; version {Version}")]
    private static partial void LogStarted(
        ILogger logger, string addresses, EnclaveEndpoint enclave, string logPrefix, string version);

    [LoggerMessage(LogLevel.Critical, "The sequencer stopped by itself: {Reason}")]
    private static partial void LogStoppedByItself(ILogger logger, Exception? failure, string? reason);

    [LoggerMessage(LogLevel.Critical, "A background service failed; stopping")]
    private static partial void LogServiceFailed(ILogger logger, Exception failure);

    [LoggerMessage(LogLevel.Information, "Stopped; every accepted transaction was finished or refused")]
    private static partial void LogStopped(ILogger logger);
}
