namespace Sequencer.Cli.Terminal;

/// <summary>All that a command touches of the process it runs in; tests give their own.</summary>
internal sealed record CliEnvironment
{
    /// <summary>What a command was asked for; may be captured by scripts.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Errors, warnings and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether <see cref="Error"/> is a terminal, so that a progress bar makes sense.</summary>
    public required bool ErrorIsTerminal { get; init; }

    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Reads an environment variable; null when it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Makes what carries the HTTP requests of one command.</summary>
    public required Func<HttpMessageHandler> CreateHandler { get; init; }

    /// <summary>The process's own streams, environment, clock and network.</summary>
    public static CliEnvironment OfProcess() => new()
    {
        Output = StandardOutput.OpenText(),
        Error = Console.Error,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        OpenInput = Console.OpenStandardInput,
        Variable = Environment.GetEnvironmentVariable,
        Time = TimeProvider.System,
        // A redirect would carry the token's holder elsewhere: the address given is the address used.
        CreateHandler = () => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            // Whatever serves a log's tiles may compress them; what an answer may have at most counts unpacked.
            AutomaticDecompression = System.Net.DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(10),
        },
    };
}
