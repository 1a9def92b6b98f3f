using Microsoft.Net.Http.Headers;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>Reads the request headers that change what a submission does.</summary>
internal static class RequestHeaders
{
    /// <summary>Longest <c>Idempotency-Key</c>, in characters.</summary>
    public const int IdempotencyKeyLengthMax = 64;

    /// <summary>
    /// The body's format; unsupported too for a charset other than UTF-8, and for compressed bodies.
    /// </summary>
    public static BodyFormat FormatOf(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
            return BodyFormat.Unsupported;
        if (request.ContentType == "application/json")
            return BodyFormat.Json;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return BodyFormat.Unsupported;
        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        if (charset.HasValue && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return BodyFormat.Unsupported;
        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" => BodyFormat.Json,
            "application/x-ndjson" or "application/ndjson" => BodyFormat.NdJson,
            "application/octet-stream" => BodyFormat.Raw,
            _ => BodyFormat.Unsupported,
        };
    }

    /// <summary>
    /// The key of the submission, null for none; a problem when it is sent twice or is not a key.
    /// </summary>
    public static Problem? ReadIdempotencyKey(HttpRequest request, out string? key)
    {
        key = null;
        var values = request.Headers["Idempotency-Key"];
        if (values.Count == 0)
            return null;
        key = values.Count == 1 ? values[0] : null;
        if (key is { Length: > 0 and <= IdempotencyKeyLengthMax }
            && !key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return null;
        return new Problem(ProblemCode.IdempotencyKeyMalformed,
            $"An Idempotency-Key is 1 to {IdempotencyKeyLengthMax} visible ASCII characters, sent once.");
    }

    /// <summary>
    /// Whether a preference such as <c>return=minimal</c> is among those of RFC 7240 that were sent.
    /// </summary>
    public static bool Prefers(HttpRequest request, string preference)
    {
        var sent = request.Headers["Prefer"];
        if (sent.Count == 0)
            return false;
        if (sent.Count == 1 && sent[0] == preference)
            return true;
        foreach (var item in sent.ToString().Split(','))
        {
            var word = item.Split(';')[0].Replace("\"", "", StringComparison.Ordinal);
            if (string.Equals(word.Trim(), preference, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>The finality that <c>Prefer: finality=…</c> asks for; null when it asks for none.</summary>
    public static Finality? FinalityOf(HttpRequest request) =>
        request.Headers["Prefer"].Count == 0 ? null
        : Prefers(request, "finality=witnessed") ? Finality.Witnessed
        : Prefers(request, "finality=enclave") ? Finality.Enclave
        : null;

    /// <summary>Whether the client names NDJSON as the answer it accepts.</summary>
    public static bool AcceptsNdJson(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(
            "application/x-ndjson", StringComparison.OrdinalIgnoreCase);
}
