using System.Text.Json;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.Diagnosis;

internal static class DoctorRun
{
    /// <summary>Runs <c>doctor</c>: its checks, by their names.</summary>
    public static async Task<Dictionary<string, (string Status, string Detail, string NextStep)>> CheckAsync(
        Tool tool, ExitCode code, string options = "")
    {
        var run = await tool.RunAsync($"doctor --output json {options}", code);
        run.Json.GetProperty("healthy").GetBoolean().Should().Be(code == ExitCode.Done);
        return run.Json.GetProperty("checks").EnumerateArray().ToDictionary(
            check => Text(check, "check"),
            check => (Text(check, "status"), Text(check, "detail"), Text(check, "next_step")));
    }

    private static string Text(JsonElement check, string name) =>
        check.GetProperty(name).GetString() ?? string.Empty;
}
