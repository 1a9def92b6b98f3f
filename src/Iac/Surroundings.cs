using Amazon.Runtime;

namespace Sequencer.Iac;

/// <summary>
/// Everything a run takes from outside: streams, environment variables, the working folder, the clock and the
/// way to make HTTP connections. <c>Program</c> fills it from the process, tests from memory.
/// </summary>
internal sealed record Surroundings
{
    public required TextReader Input { get; init; }

    /// <summary>Takes results only; everything else goes to <see cref="Error"/>.</summary>
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Whether a person can answer a question: input and error are both terminals.</summary>
    public bool CanAsk { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Reads an environment variable; null where it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The names of all environment variables.</summary>
    public required IEnumerable<string> EnvironmentNames { get; init; }

    /// <summary>The folder that relative paths start from.</summary>
    public required string Folder { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the HTTP clients of the AWS SDK; null leaves that to the SDK.</summary>
    public HttpClientFactory? Http { get; init; }

    public static Surroundings OfProcess() => new()
    {
        Input = Console.In,
        Output = Console.Out,
        Error = Console.Error,
        CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Environment = System.Environment.GetEnvironmentVariable,
        EnvironmentNames = System.Environment.GetEnvironmentVariables().Keys.Cast<string>(),
        Folder = Directory.GetCurrentDirectory(),
    };

    public string FullPath(string path) => Path.GetFullPath(path, Folder);

    /// <summary>The path as a person in <see cref="Folder"/> would type it.</summary>
    public string Shown(string path)
    {
        var relative = Path.GetRelativePath(Folder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
