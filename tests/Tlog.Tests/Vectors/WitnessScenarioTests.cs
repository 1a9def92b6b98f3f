using System.Globalization;
using Sequencer.Testing;

namespace Sequencer.Tlog.Tests;

/// <summary>
/// The requests of torchwood's witness test, judged with this library's parts in the order a witness would:
/// signature, size, consistency.
/// </summary>
public sealed class WitnessScenarioTests
{
    private const string Vectors = "vectors/witness-add-checkpoint-scenario.json";

    [SharedDataFact(Vectors)]
    public void Requests_InOrder_GetTheStatusTheyShould()
    {
        var scenario = JsonVectors.Load(SharedData.FilePath(Vectors));
        var key = VerifierKey.Parse(scenario.Text("log_vkey"));
        var last = new Checkpoint(key.Name, 0, MerkleHash.Empty);
        foreach (var step in scenario.GetProperty("steps").EnumerateArray())
        {
            var status = Judge(step.Text("request_body"), key, ref last);
            var expected = step.TryGetProperty("c2sp_current_status", out var current)
                ? current
                : step.GetProperty("litewitness_2025_06_status");

            status.Should().Be(expected.GetInt32(), step.ToString());
            if (status == 409)
                step.Text("response_body")
                    .Should().Be(string.Create(CultureInfo.InvariantCulture, $"{last.Size}\n"));
        }
    }

    private static int Judge(string body, VerifierKey key, ref Checkpoint last)
    {
        var request = AddCheckpointRequest.Parse(body);
        Checkpoint checkpoint;
        try
        {
            // One request has a signature whose base64 is not canonical: it is refused before it is checked.
            var note = SignedNote.Parse(request.Checkpoint);
            checkpoint = Checkpoint.Parse(note.Text);
            if (checkpoint.Origin != key.Name)
                return 404;
            note.Verify([key]);
        }
        catch (TlogException)
        {
            return 403;
        }

        if (request.OldSize > checkpoint.Size)
            return 400;
        if (request.OldSize != last.Size)
            return 409;
        try
        {
            ConsistencyProof.Verify(
                request.OldSize, last.Root, checkpoint.Size, checkpoint.Root, [.. request.Proof]);
        }
        catch (TlogException)
        {
            return 422;
        }

        last = checkpoint;
        return 200;
    }
}
