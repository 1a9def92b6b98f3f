using System.Globalization;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace Sequencer.Hosting;

/// <summary>Makes the one log of the program: standard output.</summary>
internal static class LoggingSetup
{
    private const string Lines =
        "{Timestamp:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <param name="settings">What is logged, and how.</param>
    public static Serilog.Core.Logger CreateLogger(LoggingSettings settings) => CreateLogger(settings, out _);

    /// <param name="settings">What is logged, and how.</param>
    /// <param name="lines">Takes lines for people past the logger; null where none go in blocks.</param>
    public static Serilog.Core.Logger CreateLogger(LoggingSettings settings, out BufferedOutput? lines)
    {
        lines = null;
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(settings.Level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
        // On a terminal every line at once and in colour; else, as in production, in blocks.
        var logger = (settings.Json, Console.IsOutputRedirected) switch
        {
            (true, _) => configuration.WriteTo.Sink(ToBlocks(new RenderedCompactJsonFormatter())),
            (false, true) => configuration.WriteTo.Sink(
                lines = ToBlocks(new MessageTemplateTextFormatter(Lines, CultureInfo.InvariantCulture))),
            (false, false) => configuration.WriteTo.Console(
                outputTemplate: Lines, formatProvider: CultureInfo.InvariantCulture),
        };
        return logger.CreateLogger();
    }

    private static BufferedOutput ToBlocks(ITextFormatter formatter) =>
        new(formatter, Console.OpenStandardOutput());

    /// <summary>
    /// Sends the framework's log there too: its warnings, since requests are logged by our own layer.
    /// </summary>
    public static void UseLogger(this ILoggingBuilder logging, Serilog.ILogger logger) => logging
        .ClearProviders()
        .AddSerilog(logger)
        .SetMinimumLevel(LevelOf(logger))
        .AddFilter<SerilogLoggerProvider>("Microsoft", LogLevel.Warning)
        .AddFilter<SerilogLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
        // A failed start is told in one line, by whoever started.
        .AddFilter<SerilogLoggerProvider>("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

    private static LogLevel LevelOf(Serilog.ILogger logger) =>
        logger.IsEnabled(LogEventLevel.Debug) ? LogLevel.Debug
        : logger.IsEnabled(LogEventLevel.Information) ? LogLevel.Information
        : logger.IsEnabled(LogEventLevel.Warning) ? LogLevel.Warning
        : LogLevel.Error;
}
