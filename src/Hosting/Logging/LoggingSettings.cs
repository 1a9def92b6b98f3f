using Serilog.Events;

namespace Sequencer.Hosting;

/// <summary>What is logged, always to standard output: <c>[logging]</c>.</summary>
internal sealed record LoggingSettings
{
    /// <summary>The least important event that is written.</summary>
    public required LogEventLevel Level { get; init; }

    /// <summary>
    /// True writes a line for each request: method, path, status and time; never a query, body or token.
    /// </summary>
    public required bool Requests { get; init; }

    /// <summary>True writes compact JSON (CLEF), one object a line; false writes lines for people.</summary>
    public required bool Json { get; init; }

    public static LoggingSettings Read(SettingsReader reader) => new()
    {
        Level = reader.Word("logging:level", "information", "debug", "information", "warning", "error") switch
        {
            "debug" => LogEventLevel.Debug,
            "warning" => LogEventLevel.Warning,
            "error" => LogEventLevel.Error,
            _ => LogEventLevel.Information,
        },
        Requests = reader.Flag("logging:requests", true),
        Json = reader.Word("logging:format", "text", "text", "json") == "json",
    };
}
