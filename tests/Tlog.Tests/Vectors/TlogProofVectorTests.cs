using System.Text.Json;
using Sequencer.Testing;

namespace Sequencer.Tlog.Tests;

/// <summary>The vectors of transparency-dev/formats for tlog-proof.</summary>
public sealed class TlogProofVectorTests
{
    private const string Vectors = "vectors/tlog-proof.json";

    [SharedDataFact(Vectors)]
    public void Proofs_AreWrittenAndReadAsGiven()
    {
        foreach (var test in Load().GetProperty("marshal").EnumerateArray())
        {
            ReadOnlyMemory<byte>? extra = test.TryGetProperty("extra", out var encoded)
                ? encoded.GetBytesFromBase64()
                : null;
            var proof = new TlogProof(
                test.Number("index"), test.GetProperty("hashes").Hashes(), extra, test.Text("checkpoint"));

            proof.ToString().Should().Be(test.Text("want"));
            TlogProof.Parse(test.Text("want")).Should().Be(proof);
        }
    }

    [SharedDataFact(Vectors)]
    public void BadProofs_AreRefused()
    {
        foreach (var test in Load().GetProperty("reject").EnumerateArray())
            Refusal.Of(() => TlogProof.Parse(test.GetString()!)).Should().Be(TlogError.MalformedProof);
    }

    private static JsonElement Load() => JsonVectors.Load(SharedData.FilePath(Vectors));
}
