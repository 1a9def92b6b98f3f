using System.Text.Json.Nodes;

namespace Sequencer.Client.Tests.Fixtures;

/// <summary>What a gateway answers, as text.</summary>
internal static class Answers
{
    public static string Transaction(TestLog log, int index) => new JsonObject
    {
        ["idx"] = index,
        ["data_base64"] = Convert.ToBase64String(TestLog.Entry(index)),
        ["attestation"] = log.Receipt(index, bundle: false),
        ["created_at"] = "2026-11-22T19:00:00Z",
    }.ToJsonString();

    public static string Batch(TestLog log, int first, int count) => string.Concat(
        Enumerable.Range(first, count).Select(index => new JsonObject
        {
            ["idx"] = index,
            ["attestation"] = log.Receipt(index, bundle: false),
        }.ToJsonString() + "\n").Prepend(new JsonObject
        {
            ["first_idx"] = first,
            ["count"] = count,
            ["checkpoint"] = log.NoteAt(log.Size),
            ["created_at"] = "2026-11-22T19:00:00Z",
        }.ToJsonString() + "\n"));
}
