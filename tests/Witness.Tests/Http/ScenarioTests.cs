using System.Text.Json;
using Sequencer.Testing;

namespace Sequencer.Witness.Tests;

/// <summary>The requests of torchwood's witness test, in order, against the running service.</summary>
public sealed class ScenarioTests
{
    private const string Vectors = "vectors/witness-add-checkpoint-scenario.json";

    [SharedDataFact(Vectors)]
    public async Task Requests_InOrder_GetTheStatusTheyShould()
    {
        using var document = JsonDocument.Parse(SharedData.ReadText(Vectors));
        var scenario = document.RootElement;
        var vkey = scenario.GetProperty("log_vkey").GetString()!;
        await using var witness = await TestWitness.StartAsync(vkey);
        foreach (var step in scenario.GetProperty("steps").EnumerateArray())
        {
            using var answer = await witness.PostAsync(step.GetProperty("request_body").GetString()!);
            var body = await answer.Content.ReadAsStringAsync();
            var expected = step.TryGetProperty("c2sp_current_status", out var current)
                ? current
                : step.GetProperty("litewitness_2025_06_status");

            ((int)answer.StatusCode).Should().Be(expected.GetInt32(), $"{step}\n{body}");
            if (step.TryGetProperty("response_body", out var expectedBody))
                body.Should().Be(expectedBody.GetString());
            if (expected.GetInt32() == 409)
                answer.Content.Headers.ContentType!.ToString().Should().Be("text/x.tlog.size");
            if (expected.GetInt32() == 200)
                NoteSignature.ParseLine(body.TrimEnd('\n')).Name.Should().Be("witness.example");
        }
    }
}
