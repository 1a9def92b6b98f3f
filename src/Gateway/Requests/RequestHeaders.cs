using Microsoft.Net.Http.Headers;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>Reads the request headers that change what a submission does.</summary>
internal static class RequestHeaders
{
    /// <summary>Longest <c>Idempotency-Key</c>, in characters.</summary>
    public const int IdempotencyKeyLengthMax = 64;

    private const string NdJson = "application/x-ndjson";

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
            NdJson => BodyFormat.NdJson,
            "application/octet-stream" => BodyFormat.Raw,
            _ => BodyFormat.Unsupported,
        };
    }

    /// <summary>
    /// The key of the submission, null for none; a problem when it is sent twice or is not a key.
    /// </summary>
    public static OrProblem<string?> ReadIdempotencyKey(HttpRequest request)
    {
        var values = request.Headers["Idempotency-Key"];
        if (values.Count == 0)
            return (string?)null;
        var key = values.Count == 1 ? values[0] : null;
        if (key is { Length: > 0 and <= IdempotencyKeyLengthMax }
            && !key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return key;
        return new Problem(ProblemCode.IdempotencyKeyMalformed,
            $"An Idempotency-Key is 1 to {IdempotencyKeyLengthMax} visible ASCII characters, sent once.");
    }

    /// <summary>Whether <c>Prefer: return=minimal</c> was sent.</summary>
    public static bool PrefersMinimal(HttpRequest request) =>
        PreferenceOf(request, "return").Equals("minimal", StringComparison.OrdinalIgnoreCase);

    /// <summary>The finality that <c>Prefer: finality=…</c> asks for; null when it asks for none.</summary>
    public static Finality? FinalityOf(HttpRequest request)
    {
        var asked = PreferenceOf(request, "finality");
        return asked.Equals("witnessed", StringComparison.OrdinalIgnoreCase) ? Finality.Witnessed
            : asked.Equals("enclave", StringComparison.OrdinalIgnoreCase) ? Finality.Enclave
            : null;
    }

    /// <summary>Whether the client names NDJSON as an answer it accepts.</summary>
    public static bool AcceptsNdJson(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(NdJson, StringComparison.OrdinalIgnoreCase)
        && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types)
        && types.Any(type =>
            type.MediaType.Equals(NdJson, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);

    /// <summary>
    /// The value of the first preference of a name, the only one that counts (RFC 7240, section 2); empty for none.
    /// </summary>
    private static ReadOnlySpan<char> PreferenceOf(HttpRequest request, ReadOnlySpan<char> name)
    {
        foreach (var sent in request.Headers["Prefer"])
        {
            for (var rest = sent.AsSpan(); !rest.IsEmpty;)
            {
                var preference = CutOff(ref rest, ',');
                var value = CutOff(ref preference, ';');
                if (CutOff(ref value, '=').Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                    return value.Trim().Trim('"');
            }
        }

        return default;
    }

    /// <summary>What stands before the first separator outside of quotes; both are cut off.</summary>
    private static ReadOnlySpan<char> CutOff(scoped ref ReadOnlySpan<char> rest, char separator)
    {
        var whole = rest;
        var isQuoted = false;
        for (var i = 0; i < whole.Length; i++)
        {
            if (whole[i] == '\\' && isQuoted)
                i++;
            else if (whole[i] == '"')
                isQuoted = !isQuoted;
            else if (whole[i] == separator && !isQuoted)
            {
                rest = whole[(i + 1)..];
                return whole[..i];
            }
        }

        rest = default;
        return whole;
    }
}
