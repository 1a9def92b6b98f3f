using System.Text.Json;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests;

/// <summary>What one run of the tool gave back.</summary>
internal sealed record Run(ExitCode Code, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Fails with what the tool said unless it ended with that code.</summary>
    public Run ShouldEndWith(ExitCode code)
    {
        Code.Should().Be(code, "it said: {0}{1}", Error, Output);
        return this;
    }
}
