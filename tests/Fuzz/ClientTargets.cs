using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Fuzz;

/// <summary>What a gateway, or anybody in its place, answers the client; and the files that a monitor keeps.</summary>
internal static class ClientTargets
{
    private static readonly JsonElement Log = Resource.DerivedLog;
    private static readonly string Note256 = Text("checkpoint_256");
    private static readonly string Note300 = Text("checkpoint_300_cosigned");
    private static readonly VerifierKey LogKey = VerifierKey.Parse(Text("log_vkey"));

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("epochs", [MakeEpochs()], bytes => LogEpochs.Parse(bytes), IsRefusal),
        Json("feed-line", GatewayJson.Default.FeedLine,
            "{\"idx\":42,\"data_base64\":\"AAEC\",\"created_at\":\"2026-11-22T19:00:00Z\"}",
            "{\"next_idx\":42,\"checkpoint\":\"n\",\"consistency\":[\"AAEC\"]}"),
        new("batch-answer", [MakeBatchAnswer()], bytes => BatchLines.Read(bytes, count: 2), IsRefusal),
        // Not refused: what is no problem document is a page of something else.
        new("problem", [Utf8("{\"title\":\"t\",\"code\":\"queue_full\",\"idx\":3}")],
            bytes => ProblemDocument.Read(bytes), static _ => false),
        OneMeaning(
            "feed-position", text => FeedPosition.Parse(text).ToString(), $"1 {MerkleHash.Empty}", "0"),
        OneMeaning(
            "evidence", text => ContradictionEvidence.Parse(text).ToJson(), MakeSameSize(), MakeNotAPrefix()),
        OneMeaning("monitor-state", text => MonitorState.Parse(text).ToJson(), MakeState()),
    ];

    private static string Text(string name) => Log.GetProperty(name).GetString()!;

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static bool IsRefusal(Exception exception) => exception is SequencerClientException;

    private static FuzzTarget Json<T>(string name, JsonTypeInfo<T> type, params string[] seeds)
        where T : class =>
        new(name, [.. seeds.Select(Utf8)], bytes => GatewayJson.Read(bytes, type), IsRefusal);

    /// <summary>What is read, written and read again is written as before.</summary>
    private static FuzzTarget OneMeaning(
        string name, Func<string, string> readAndWrite, params string[] seeds) =>
        new(
            name,
            [.. seeds.Select(Utf8)],
            bytes =>
            {
                var written = readAndWrite(Encoding.UTF8.GetString(bytes));
                FuzzFindingException.ThrowUnlessSame(Utf8(written), Utf8(readAndWrite(written)));
            },
            static exception => exception is FormatException or MonitorStateException);

    private static byte[] MakeEpochs() => Utf8(
        $$"""
        {"origin":"{{LogKey.Name}}","log_key":"{{LogKey}}","epochs":[
         {"start_size":0,"key":"{{Text("witness_vkey")}}","attestation_document":"AAEC","handover":null},
         {"start_size":9,"key":"{{Text("witness_vkey")}}","attestation_document":"AAEC","handover":"note"}]}
        """);

    private static byte[] MakeBatchAnswer() => Utf8(
        "{\"first_idx\":42,\"count\":2,\"created_at\":\"2026-11-22T19:00:00Z\"}\n"
        + "{\"idx\":42,\"attestation\":\"a\"}\n{\"idx\":43,\"attestation\":\"b\"}\n");

    private static string MakeSameSize() => new ContradictionEvidence
    {
        FoundAt = DateTimeOffset.UnixEpoch,
        Kind = ContradictionKind.SameSize,
        LogKey = LogKey,
        Older = new EvidenceSide(Note300, null),
        Newer = new EvidenceSide(Note300, new byte[] { 1, 2 }),
        Witnesses = [new EvidenceWitness("W1", VerifierKey.Parse(Text("witness_vkey")))],
    }.ToJson();

    private static string MakeNotAPrefix() => new ContradictionEvidence
    {
        FoundAt = DateTimeOffset.UnixEpoch,
        Kind = ContradictionKind.NotAPrefix,
        LogKey = LogKey,
        Older = new EvidenceSide(Note256, null),
        Newer = new EvidenceSide(Note300, null),
        Disagreement = new SubtreeDisagreement(
            new NodeId(3, 1), MerkleHash.Empty, [MerkleHash.Empty], MerkleHash.Empty, []),
    }.ToJson();

    private static string MakeState()
    {
        var checkpoint = Checkpoint.Parse(SignedNote.Parse(Note256).Text);
        var tile = RightEdge.TilesOf(checkpoint.Size).Single();
        return new MonitorState(RightEdge.TryCreate(checkpoint.Size, new Dictionary<TileId, Hash[]>
        {
            // One node stands for the 256 entries below it: the root.
            [tile] = [checkpoint.Root],
        })!)
        {
            Note = Note256,
            Checkpoint = checkpoint,
            LogKey = LogKey,
            Document = new byte[] { 1, 2 },
            Epochs = [new KnownEpoch(0, Text("witness_vkey"), MerkleHash.Empty)],
            Evidence = [new FoundEvidence(300, ContradictionKind.SameSize, "evidence-demo.json")],
        }.ToJson();
    }
}
