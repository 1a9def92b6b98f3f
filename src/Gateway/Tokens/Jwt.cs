using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Sequencer.Gateway;

/// <summary>
/// A token taken apart, not yet believed: a JWS in compact form (RFC 7515, section 7.1) whose header names
/// one of the two algorithms the gateway knows.
/// </summary>
internal sealed record Jwt
{
    /// <summary>Longest token looked at, in characters.</summary>
    public const int LengthMax = 8 * 1024;

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = 16
    };

    public required SigningAlgorithm Algorithm { get; init; }

    /// <summary>The key the header asks for; null when it names none.</summary>
    public required string? KeyId { get; init; }

    /// <summary>What the signature is over: header and payload as they were sent.</summary>
    public required byte[] SignedBytes { get; init; }

    public required byte[] Signature { get; init; }

    public required byte[] Payload { get; init; }

    /// <summary>Takes a compact token apart; a problem for anything that is not exactly one.</summary>
    public static OrProblem<Jwt> Parse(string compact)
    {
        var first = compact.IndexOf('.');
        var second = first < 0 ? -1 : compact.IndexOf('.', first + 1);
        if (compact.Length > LengthMax || second < 0 || compact.IndexOf('.', second + 1) >= 0)
            return Malformed("it must be three base64url parts with dots between, at most 8192 characters");
        if (!TryDecode(compact.AsSpan(0, first), out var header)
            || !TryDecode(compact.AsSpan(first + 1, second - first - 1), out var payload)
            || !TryDecode(compact.AsSpan(second + 1), out var signature))
            return Malformed("its parts must be base64url without padding");
        if (!TryReadHeader(header, out var algorithm, out var keyId))
            return Malformed("its header must be a JSON object with the text alg, and without crit");
        if (AlgorithmOf(algorithm) is not { } known)
            return new Problem(ProblemCode.TokenAlgorithm, "The token must be signed with RS256 or ES256.");
        return new Jwt
        {
            Algorithm = known,
            KeyId = keyId,
            SignedBytes = Encoding.ASCII.GetBytes(compact, 0, second),
            Signature = signature,
            Payload = payload,
        };
    }

    /// <summary>Reads a JSON object, refusing one that says a thing twice; null for anything else.</summary>
    public static JsonDocument? ParseObject(ReadOnlyMemory<byte> json)
    {
        try
        {
            var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            return null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // The second comes of names that are not Unicode, once duplicates are looked for.
            return null;
        }
    }

    /// <summary>A field that is a text; null when it is missing, of another type, or not Unicode.</summary>
    public static string? TextOf(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) ? TextOf(value) : null;

    /// <inheritdoc cref="TextOf(JsonElement, string)"/>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryReadHeader(byte[] json, out string algorithm, out string? keyId)
    {
        (algorithm, keyId) = ("", null);
        using var document = ParseObject(json);
        if (document is null
            || document.RootElement.TryGetProperty("crit", out _)
            || TextOf(document.RootElement, "alg") is not { } alg)
            return false;
        algorithm = alg;
        keyId = TextOf(document.RootElement, "kid");
        return keyId is not null || !document.RootElement.TryGetProperty("kid", out _);
    }

    private static SigningAlgorithm? AlgorithmOf(string name) => name switch
    {
        "RS256" => SigningAlgorithm.Rs256,
        "ES256" => SigningAlgorithm.Es256,
        _ => null,
    };

    private static bool TryDecode(ReadOnlySpan<char> part, out byte[] bytes)
    {
        bytes = [];
        // The decoder would take padding and white space too.
        foreach (var c in part)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        }

        if (part.IsEmpty || !Base64Url.IsValid(part))
            return false;
        bytes = Base64Url.DecodeFromChars(part);
        return true;
    }

    private static Problem Malformed(string rule) =>
        new(ProblemCode.TokenMalformed, $"The bearer token is not a JWT: {rule}.");
}
