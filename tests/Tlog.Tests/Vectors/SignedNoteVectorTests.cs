using System.Text.Json;
using Sequencer.Testing;

namespace Sequencer.Tlog.Tests;

/// <summary>Notes and keys from C2SP, Go's note package, sigsum, torchwood and sunlight.</summary>
public sealed class SignedNoteVectorTests
{
    private const string Vectors = "vectors/signed-note.json";

    [SharedDataFact(Vectors)]
    public void ValidNotes_VerifyUnderEachAndAllOfTheirKeys()
    {
        foreach (var test in Load().GetProperty("valid").EnumerateArray())
        {
            var note = SignedNote.Parse(test.Text("note"));
            var keys = test.GetProperty("vkeys").EnumerateArray()
                .Select(k => VerifierKey.Parse(k.GetString()!)).ToList();

            note.Verify(keys).Keys.Should().BeEquivalentTo(keys, test.Text("desc"));
            foreach (var key in keys)
                note.Verify([key]).Keys.Should().Equal([key], test.Text("desc"));
            note.ToString().Should().Be(test.Text("note"));
            keys.Select(k => k.ToString()).Should().Equal(
                test.GetProperty("vkeys").EnumerateArray().Select(k => k.GetString()!));
        }
    }

    [SharedDataFact(Vectors)]
    public void ValidNotes_WithASeed_AreSignedToTheSameBytes()
    {
        var seeded = Load().GetProperty("valid").EnumerateArray()
            .Where(t => t.TryGetProperty("seed_hex", out _)).ToList();
        foreach (var test in seeded)
        {
            var key = VerifierKey.Parse(test.GetProperty("vkeys")[0].GetString()!);
            var text = SignedNote.Parse(test.Text("note")).Text;
            using var signer = NoteSigner.FromSeed(test.GetProperty("seed_hex").Hex());
            var signature = new byte[VerifierKey.SignatureSizeBytes];
            signer.Sign(System.Text.Encoding.UTF8.GetBytes(text), signature);

            signer.PublicKey.ToArray().Should().Equal(key.PublicKey.ToArray());
            SignedNote.Create(text, NoteSignature.Ed25519(key, signature)).ToString()
                .Should().Be(test.Text("note"), test.Text("desc"));
        }

        seeded.Should().NotBeEmpty();
    }

    [SharedDataFact(Vectors)]
    public void InvalidNotes_AreRefused()
    {
        var neumann = VerifierKey.Parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        foreach (var test in Load().GetProperty("invalid").EnumerateArray())
        {
            Action verify = test.TryGetProperty("note_hex", out var hex)
                ? () => SignedNote.Parse(hex.Hex()).Verify([neumann])
                : () => SignedNote.Parse(test.Text("note")).Verify([neumann]);

            verify.Should().Throw<TlogException>(test.Text("why"))
                .Which.Reason.Should().NotBe(TlogError.NoKnownSignature, test.Text("why"));
        }
    }

    [SharedDataFact(Vectors)]
    public void InvalidVkeys_AreRefused()
    {
        foreach (var test in Load().GetProperty("invalid_vkeys").EnumerateArray())
            Refusal.Of(() => VerifierKey.Parse(test.GetString()!)).Should().BeOneOf(
                TlogError.MalformedVerifierKey, TlogError.UnsupportedKeyType);
    }

    [SharedDataFact(Vectors)]
    public void ExampleWithoutPublishedKeys_Parses()
    {
        foreach (var test in Load().GetProperty("unverifiable_examples_no_pubkey_published").EnumerateArray())
        {
            var note = SignedNote.Parse(test.Text("note"));
            Checkpoint.Parse(note.Text).ToNoteText().Should().Be(note.Text);
            Cosignature.DecodeBlob(note.Signatures[^1].Blob.Span, out _).Should().BeGreaterThan(0);
        }
    }

    [SharedDataFact("vectors/sigsum-wire-examples.json")]
    public void SigsumExamples_ParseAsFarAsTheCurrentTextAllows()
    {
        var examples = JsonVectors.Load(SharedData.FilePath("vectors/sigsum-wire-examples.json"));
        var body = examples.Text("add_checkpoint_body");
        var note = SignedNote.Parse(AddCheckpointRequest.Parse(body).Checkpoint);
        Checkpoint.Parse(note.Text).Should().BeEquivalentTo(
            new { Origin = "example.org/log", Size = 5UL });

        // Its time is above 2^63-1, which the current specification refuses.
        var example = examples.GetProperty("cosignature_line");
        var line = NoteSignature.ParseLine(example.Text("text").TrimEnd('\n'));
        line.KeyId.ToString("x8", null).Should().Be(example.Text("key_id"));
        Refusal.Of(() => Cosignature.DecodeBlob(line.Blob.Span, out _)).Should().Be(TlogError.TimeOutOfRange);

        foreach (var vkey in examples.GetProperty("vkeys").EnumerateArray())
            VerifierKey.Parse(vkey.GetString()!).ToString().Should().Be(vkey.GetString());
    }

    private static JsonElement Load() => JsonVectors.Load(SharedData.FilePath(Vectors));
}
