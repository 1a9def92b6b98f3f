using Sequencer.Core;
using Sequencer.Protocol;

namespace Sequencer.Gateway;

/// <summary>Runs the service from its configuration to its end.</summary>
internal static partial class GatewayHost
{
    /// <summary>Longest part of a stop that is kept for the answers of those who waited in vain; a tenth of a
    /// shorter stop.</summary>
    private static readonly TimeSpan LastAnswersMax = TimeSpan.FromSeconds(3);

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
        await Task.WhenAny(WhenToldAsync(app.Lifetime), service.Core.Completion);
        var stoppedByItself = service.Core.Completion.IsCompleted;
        if (stoppedByItself)
            LogStoppedByItself(logger, service.Core.Status.Reason);
        var broken = FindFailure(app.Services.GetServices<IHostedService>());
        if (broken is not null)
            LogServiceFailed(logger, broken);
        var unfinished = await StopAsync(app, service.Core, settings.Server.Listener.StopTimeoutSeconds);
        if (unfinished > 0)
            LogStoppedUnfinished(logger, unfinished);
        else if (!stoppedByItself)
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

    /// <summary>Completes when the program is told to stop, or a background service has failed.</summary>
    private static Task WhenToldAsync(IHostApplicationLifetime lifetime)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStopping.Register(told.SetResult);
        return told.Task;
    }

    /// <summary>
    /// Stops within the time of the settings, all in all. The server first: calls in flight get their answers
    /// from a sequencer that still runs. Where that takes too long, the sequencer ends a little before the
    /// server does, so that whoever still waits is told what is known.
    /// </summary>
    /// <returns>Entries that were accepted and have no outcome.</returns>
    private static async Task<int> StopAsync(WebApplication app, SequencerCore core, int timeoutSeconds)
    {
        var timeout = TimeSpan.FromSeconds(timeoutSeconds);
        var lastAnswers = timeout / 10 < LastAnswersMax ? timeout / 10 : LastAnswersMax;
        using var patience = new CancellationTokenSource(timeout - lastAnswers, TimeProvider.System);
        var serving = app.StopAsync();
        await serving.WaitAsync(patience.Token).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var unfinished = await core.StopAsync(patience.Token);
        await serving;
        return unfinished;
    }

    [LoggerMessage(LogLevel.Information,
        "Listening on {Addresses}; enclave {Enclave}; logs under {LogPrefix}; version {Version}")]
    private static partial void LogStarted(
        ILogger logger, string addresses, EnclaveEndpoint enclave, string logPrefix, string version);

    [LoggerMessage(LogLevel.Critical, "The sequencer stopped by itself: {Reason}")]
    private static partial void LogStoppedByItself(ILogger logger, string? reason);

    [LoggerMessage(LogLevel.Critical, "A background service failed; stopping")]
    private static partial void LogServiceFailed(ILogger logger, Exception failure);

    [LoggerMessage(LogLevel.Information, "Stopped; every accepted transaction was finished or refused")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(LogLevel.Warning,
        "Stopped; accepted transactions without an outcome: {Entries}. Those that the ledger has take their "
        + "places after the next start")]
    private static partial void LogStoppedUnfinished(ILogger logger, int entries);
}
