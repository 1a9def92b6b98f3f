using System.Text;
using CsCheck;
using Sequencer.Testing;

namespace Sequencer.Tlog.Tests;

/// <summary>
/// No input makes a parser throw anything but its refusal, or take memory out of proportion; and what is
/// accepted has one spelling only: written again, it is the same text.
/// </summary>
public sealed class ParserFuzzTests
{
    // Generous, but far from any multiplication: a string is two bytes a character, and is split and decoded.
    private const long FixedBytes = 100_000;
    private const long BytesPerInputByte = 60;
    private const int Iterations = 3000;

    private static readonly string Note = DerivedLog.CosignedCheckpoint;
    private static readonly string Policy = DerivedLog.Json.Text("policy");
    private static readonly string Proof = DerivedLog.Json.GetProperty("tlog_proofs").Text("255/300");
    private static readonly string Bundle =
        new TlogProof(3, [MerkleHash.Empty], new byte[100], Note).ToString();
    private static readonly string GroupPolicy =
        Policy.Replace("quorum W1", "group g 1 W1", StringComparison.Ordinal) + "quorum g\n";
    private static readonly string HandoverText = new Handover(
        Checkpoint.Parse(SignedNote.Parse(Note).Text), DerivedLog.WitnessKey, DerivedLog.WitnessKey, 5)
        .ToNoteText();
    private static readonly string Extended = $"o\n1\n{MerkleHash.Empty}\nextension\n";

    [Fact]
    public void SignedNote_Parse_OnlyRefuses() =>
        Fuzz(
            Mutation.Of(Note, DerivedLog.Json.Text("checkpoint_256")),
            text => SignedNote.Parse(text).ToString());

    [Fact]
    public void SignedNote_ParseBytes_OnlyRefuses() =>
        Mutation.Of(Note).Sample(bytes => Bounded(bytes.Length, () =>
        {
            var note = SignedNote.Parse(bytes);
            Encoding.UTF8.GetBytes(note.ToString()).Should().Equal(bytes);
        }), iter: Iterations);

    [Fact]
    public void SignedNote_Verify_NeverAcceptsAChangedText() =>
        Mutation.Of(Note).Sample(bytes =>
        {
            try
            {
                var verified = SignedNote.Parse(bytes).Verify([DerivedLog.LogKey, DerivedLog.WitnessKey]);
                verified.Text.Should().Be(SignedNote.Parse(Note).Text);
            }
            catch (TlogException)
            {
                // Refused, as nearly all are.
            }
        }, iter: Iterations);

    [Fact]
    public void Checkpoint_Parse_OnlyRefuses() =>
        Fuzz(
            Mutation.Of(SignedNote.Parse(Note).Text, Extended),
            text => Checkpoint.Parse(text).ToNoteText());

    [Fact]
    public void Handover_Parse_OnlyRefuses() =>
        Fuzz(Mutation.Of(HandoverText), text => Handover.Parse(text).ToNoteText());

    [Fact]
    public void TlogProof_Parse_OnlyRefuses() =>
        Fuzz(Mutation.Of(Proof, Bundle), text => TlogProof.Parse(text).ToString());

    [Fact]
    public void AddCheckpointRequest_Parse_OnlyRefuses() =>
        Fuzz(
            Mutation.Of(DerivedLog.Json.Text("add_checkpoint_257_to_300"), $"old 0\n\n{Note}"),
            text => AddCheckpointRequest.Parse(text).ToString());

    [Fact]
    public void AddCheckpointAnswer_ParseCosignatures_OnlyRefuses() =>
        Fuzz(
            Mutation.Of(string.Concat(SignedNote.Parse(Note).Signatures.Select(s => s.ToLine()))),
            text => AddCheckpointAnswer.FormatCosignatures(
                AddCheckpointAnswer.ParseCosignatures(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void VerifierKey_Parse_OnlyRefuses() =>
        Fuzz(
            Mutation.Of(DerivedLog.LogKey.ToString(), DerivedLog.WitnessKey.ToString()),
            text => VerifierKey.Parse(text).ToString());

    [Fact]
    public void PrivateKeyText_Parse_OnlyRefuses()
    {
        using var key = PrivateKeyText.FromSeed("log.example", new byte[32]);
        Fuzz(Mutation.Of(key.Export(), PrivateKeyText.FromSeed("b", new byte[32]).Export()), text =>
        {
            using var parsed = PrivateKeyText.Parse(text);
            return parsed.Export() + (text.EndsWith('\n') ? "\n" : "");
        });
    }

    [Fact]
    public void TlogPolicy_Parse_OnlyRefuses() =>
        Fuzz(
            Mutation.Of(Policy, GroupPolicy),
            text =>
            {
                _ = TlogPolicy.Parse(text).QuorumsIntersect;
                return text;
            });

    [Fact]
    public void Paths_TryParse_NeverThrow() =>
        Mutation.Of("tile/0/x001/x234/067", "tile/1/000.p/17", "tile/entries/x001/000.p/3").Sample(bytes =>
            Bounded(bytes.Length, () =>
            {
                var path = Encoding.UTF8.GetString(bytes);
                if (TileId.TryParse(path, out var tile))
                    tile.ToPath().Should().Be(path);
                if (EntryBundlePath.TryParse(path, out var bundle))
                    bundle.ToPath().Should().Be(path);
            }), iter: Iterations);

    [Fact]
    public void EntryBundle_Parse_OnlyRefuses() =>
        Gen.Select(Mutation.Of([[0, 1, 65, 0, 0, 0, 2, 66, 67]]), Gen.Int[1, 256]).Sample((bytes, count) =>
            Bounded(bytes.Length, () =>
                EntryBundle.Parse(bytes, count).Sum(e => e.Length + EntryBundle.PrefixSizeBytes)
                    .Should().Be(bytes.Length)), iter: Iterations);

    public static TheoryData<string, int> Hostile() => new()
    {
        { "\n", 1_000_000 },
        { "a", 1_000_000 },
        { "— a AAAAAAA=\n", 50_000 },
        { "a b ", 60_000 },
        { "#\n", 130_000 },
        { "+", 1_000_000 },
        { "A\n", 500_000 },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void EveryParser_LongRepetition_StaysWithinItsMemory(string unit, int count)
    {
        var text = new StringBuilder().Insert(0, unit, count).ToString();
        string[] heads =
            ["", "t\n\n— a ", "t\n\n", "c2sp.org/tlog-proof@v1\nindex 0\n", "group g any ", "old 0\n"];
        foreach (var head in heads)
        {
            foreach (var tail in new[] { "", "\n", "=\n" })
            {
                var input = head + text + tail;
                Bounded(input.Length, () => SignedNote.Parse(input));
                Bounded(input.Length, () => Checkpoint.Parse(input));
                Bounded(input.Length, () => TlogProof.Parse(input));
                Bounded(input.Length, () => TlogPolicy.Parse(input));
                Bounded(input.Length, () => AddCheckpointRequest.Parse(input));
                Bounded(input.Length, () => VerifierKey.Parse(input));
                Bounded(input.Length, () => PrivateKeyText.Parse(input).Dispose());
            }
        }
    }

    private static void Fuzz(Gen<byte[]> inputs, Func<string, string> parseAndWrite) =>
        inputs.Sample(bytes =>
        {
            // Latin-1 brings single characters that no UTF-8 decoder would; UTF-8 brings the real ones.
            foreach (var text in new[] { Encoding.UTF8.GetString(bytes), Encoding.Latin1.GetString(bytes) })
                Bounded(text.Length, () => parseAndWrite(text).Should().Be(text));
        }, iter: Iterations);

    private static void Bounded(int inputLength, Action parse)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            parse();
        }
        catch (TlogException e)
        {
            e.Message.Should().NotBeEmpty();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        allocated.Should().BeLessThan(FixedBytes + BytesPerInputByte * inputLength);
    }
}
