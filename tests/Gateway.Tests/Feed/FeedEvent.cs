using System.Text;
using System.Text.Json.Nodes;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>One event of a feed, as it was read.</summary>
internal sealed record FeedEvent(string? Id, JsonObject Json)
{
    public bool IsEntry => Json.ContainsKey("idx");

    public ulong Index => Json.Number("idx");

    public byte[] Data => Json["data"] is { } text
        ? Encoding.UTF8.GetBytes(text.GetValue<string>())
        : Convert.FromBase64String(Json.Text("data_base64"));

    public ulong NextIndex => Json.Number("next_idx");

    public Checkpoint Checkpoint => Tlog.Checkpoint.Parse(SignedNote.Parse(Json.Text("checkpoint")).Text);

    public Hash[] Consistency =>
    [
        .. Json["consistency"]!.AsArray().Select(
            hash => Hash.Read(Convert.FromBase64String(hash!.GetValue<string>()))),
    ];
}
