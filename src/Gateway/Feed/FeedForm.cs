using System.Text;

namespace Sequencer.Gateway;

/// <summary>In which form a reader gets a feed.</summary>
/// <param name="IsNdJson">True for a JSON object a line, false for server-sent events.</param>
/// <param name="IsBase64">True for <c>data_base64</c> whatever the entry is.</param>
internal readonly record struct FeedForm(bool IsNdJson, bool IsBase64)
{
    private static readonly byte[] EmptyLine = Encoding.ASCII.GetBytes("\n");
    private static readonly byte[] Comment = Encoding.ASCII.GetBytes(": keep-alive\n\n");

    public string ContentType => IsNdJson ? "application/x-ndjson" : "text/event-stream";

    /// <summary>What readers pass over: it shows both sides that the other one is there.</summary>
    public ReadOnlyMemory<byte> KeepAlive => IsNdJson ? EmptyLine : Comment;
}
