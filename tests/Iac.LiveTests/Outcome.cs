using System.Text.Json;

namespace Sequencer.Iac.LiveTests;

/// <summary>What one process of the tool gave back.</summary>
internal sealed record Outcome(string CommandLine, int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public Outcome ShouldEndWith(int code)
    {
        ExitCode.Should().Be(code, "'iac {0}' said: {1}{2}", CommandLine, Error, Output);
        return this;
    }
}
