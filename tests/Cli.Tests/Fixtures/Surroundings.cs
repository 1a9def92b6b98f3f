using Sequencer.Client.Tests.Fixtures;

namespace Sequencer.Cli.Tests.Fixtures;

/// <summary>What surrounds a command under test. Without a gateway, any use of the network fails.</summary>
internal sealed record Surroundings
{
    public HttpMessageHandler? Gateway { get; init; }

    public string Input { get; init; } = "";

    /// <summary>Gives the input; null for <see cref="Input"/>.</summary>
    public Stream? InputStream { get; init; }

    /// <summary>Takes the output; null gathers it.</summary>
    public TextWriter? Output { get; init; }

    public Dictionary<string, string> Variables { get; init; } = [];

    public bool ErrorIsTerminal { get; init; }

    public TimeProvider Time { get; init; } = TestLog.Clock;
}
