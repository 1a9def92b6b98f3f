using System.Text.Json;

namespace Sequencer.Client;

/// <summary>
/// What the client reads of a gateway's refusal (RFC 9457 problem+json with a stable <c>code</c>).
/// </summary>
internal sealed record ProblemDocument
{
    public string? Title { get; init; }

    public string? Detail { get; init; }

    public string? Code { get; init; }

    /// <summary>Index of the first entry, where it has its place nevertheless (<c>witness_timeout</c>).</summary>
    public ulong? Idx { get; init; }

    /// <summary>
    /// The problem in a body; null when the body is something else, such as a proxy's page.
    /// </summary>
    public static ProblemDocument? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, GatewayJson.Default.ProblemDocument);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
