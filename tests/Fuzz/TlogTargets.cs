using System.Text;
using System.Text.Json;
using Sequencer.Tlog;

namespace Sequencer.Fuzz;

/// <summary>The formats of transparency logs. What is accepted has one spelling only.</summary>
internal static class TlogTargets
{
    private static readonly JsonElement Log = Resource.DerivedLog;
    private static readonly string Note = Text("checkpoint_300_cosigned");
    private static readonly VerifierKey Witness = VerifierKey.Parse(Text("witness_vkey"));
    private static readonly string Checkpoint300 = SignedNote.Parse(Note).Text;

    private static readonly string CosignatureLines =
        string.Concat(SignedNote.Parse(Note).Signatures.Select(signature => signature.ToLine()));

    private static readonly string GroupPolicy =
        Text("policy").Replace("quorum W1", "group g 1 W1", StringComparison.Ordinal) + "quorum g\n";

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        OneSpelling("note", text => SignedNote.Parse(text).ToString(), Note, Text("checkpoint_256")),
        OneSpelling(
            "checkpoint", text => Checkpoint.Parse(text).ToNoteText(),
            Checkpoint300, $"o\n1\n{MerkleHash.Empty}\nextension\n"),
        OneSpelling(
            "handover", text => Handover.Parse(text).ToNoteText(),
            new Handover(Checkpoint.Parse(Checkpoint300), Witness, Witness, 5).ToNoteText()),
        OneSpelling(
            "proof", text => TlogProof.Parse(text).ToString(),
            Log.GetProperty("tlog_proofs").GetProperty("255/300").GetString()!,
            new TlogProof(3, [MerkleHash.Empty], new byte[100], Note).ToString()),
        OneSpelling(
            "vkey", text => VerifierKey.Parse(text).ToString(), Text("log_vkey"), Text("witness_vkey")),
        OneSpelling(
            "witness-request", text => AddCheckpointRequest.Parse(text).ToString(),
            Text("add_checkpoint_257_to_300"), $"old 0\n\n{Note}"),
        OneSpelling(
            "witness-answer",
            text => AddCheckpointAnswer.FormatCosignatures(
                AddCheckpointAnswer.ParseCosignatures(Encoding.UTF8.GetBytes(text))),
            CosignatureLines),
        new("policy", Utf8(Text("policy"), GroupPolicy), ParsePolicy, IsRefusal),
        new("tile-path", Utf8("tile/0/x001/x234/067", "tile/entries/x001/000.p/3"), ParsePath, IsRefusal),
        new("entry-bundle", [[0, 1, 65, 0, 0, 0, 2, 66, 67]], ParseBundle, IsRefusal),
    ];

    private static string Text(string name) => Log.GetProperty(name).GetString()!;

    private static byte[][] Utf8(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static bool IsRefusal(Exception exception) => exception is TlogException;

    private static FuzzTarget OneSpelling(
        string name, Func<string, string> readAndWrite, params string[] seeds) =>
        new(
            name,
            Utf8(seeds),
            bytes =>
            {
                var text = Encoding.UTF8.GetString(bytes);
                FuzzFindingException.ThrowUnlessSame(
                    Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(readAndWrite(text)));
            },
            IsRefusal);

    private static void ParsePolicy(byte[] bytes)
    {
        var policy = TlogPolicy.Parse(Encoding.UTF8.GetString(bytes));
        var everyone = policy.Evaluate(policy.Witnesses.Select(witness => witness.Key));
        if (!everyone.IsSatisfied || (policy.HasWitnesses && policy.Evaluate([]).IsSatisfied))
            throw new FuzzFindingException("A quorum is not met by everyone, or met by nobody.");
    }

    private static void ParsePath(byte[] bytes)
    {
        var path = Encoding.UTF8.GetString(bytes);
        var written = TileId.TryParse(path, out var tile) ? tile.ToPath()
            : EntryBundlePath.TryParse(path, out var bundle) ? bundle.ToPath()
            : throw new TlogException(TlogError.MalformedBundle, "No path of a tile or a bundle.");
        if (written != path)
            throw new FuzzFindingException("A path is written differently.");
    }

    private static void ParseBundle(byte[] bytes)
    {
        var count = Math.Clamp(bytes.Length / 3, 1, Tile.Width);
        var entries = EntryBundle.Parse(bytes, count);
        if (entries.Sum(entry => entry.Length + EntryBundle.PrefixSizeBytes) != bytes.Length)
            throw new FuzzFindingException("The entries are not all of the bundle.");
    }
}
