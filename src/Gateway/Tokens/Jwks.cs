using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sequencer.Gateway;

/// <summary>Reads a JSON Web Key Set (RFC 7517): the RSA and P-256 keys of it that sign.</summary>
internal static class Jwks
{
    /// <summary>Longest set that is read, in bytes.</summary>
    public const int BytesMax = 256 * 1024;

    private const int ShownLengthMax = 64;

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte}, out IReadOnlyList{string})"/>
    public static SigningKeySet Parse(ReadOnlyMemory<byte> json) => Parse(json, out _);

    /// <param name="leftOut">
    /// The kid of each key of our kinds that cannot be used, with the reason: such a key must not take the
    /// good ones along.
    /// </param>
    /// <exception cref="CryptographicException">When the text is no key set, or has no key that can be
    /// used.</exception>
    public static SigningKeySet Parse(ReadOnlyMemory<byte> json, out IReadOnlyList<string> leftOut)
    {
        // A mark that some editors put before the text (RFC 8259, section 8.1).
        if (json.Span.StartsWith(Encoding.UTF8.Preamble))
            json = json[Encoding.UTF8.Preamble.Length..];
        using var document = Jwt.ParseObject(json);
        if (document is null
            || !document.RootElement.TryGetProperty("keys", out var list)
            || list.ValueKind != JsonValueKind.Array)
            throw new CryptographicException("a key set is a JSON object with the list keys");
        var unusable = new List<string>();
        var keys = list.EnumerateArray().Select(key => TryParseKey(key, unusable)).OfType<SigningKey>().ToList();
        leftOut = unusable;
        if (keys.Count is > 0 and <= SigningKeySet.CountMax)
            return new SigningKeySet(keys);
        var reason = keys.Count == 0 && unusable.Count > 0 ? $" ({unusable[0]})" : "";
        throw new CryptographicException(
            $"expected 1 to {SigningKeySet.CountMax} RSA or P-256 signing keys, found {keys.Count}{reason}");
    }

    private static SigningKey? TryParseKey(JsonElement key, List<string> unusable)
    {
        try
        {
            return ParseKey(key);
        }
        catch (CryptographicException refused)
        {
            unusable.Add($"kid {Printable.Of(Jwt.TextOf(key, "kid") ?? "none", ShownLengthMax)}: {refused.Message}");
            return null;
        }
    }

    /// <summary>
    /// One key; null for a kind or use that is not ours, which RFC 7517, section 5, says to ignore.
    /// </summary>
    private static SigningKey? ParseKey(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object || Jwt.TextOf(key, "use") is not (null or "sig"))
            return null;
        return (Jwt.TextOf(key, "kty"), Jwt.TextOf(key, "alg")) switch
        {
            ("RSA", null or "RS256") => SigningKey.Of(RSA.Create(new RSAParameters
            {
                Modulus = Bytes(key, "n"),
                Exponent = Bytes(key, "e"),
            }), Jwt.TextOf(key, "kid")),
            ("EC", null or "ES256") when Jwt.TextOf(key, "crv") == "P-256" =>
                SigningKey.Of(ECDsa.Create(new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP256,
                    Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") },
                }), Jwt.TextOf(key, "kid")),
            _ => null,
        };
    }

    private static byte[] Bytes(JsonElement key, string name)
    {
        try
        {
            // The platform takes an empty modulus to be one, and then reads its first byte.
            return Base64Url.DecodeFromChars(Jwt.TextOf(key, name) ?? "") is { Length: > 0 } bytes
                ? bytes
                : throw new CryptographicException($"the field {name} of a key is missing or empty");
        }
        catch (FormatException)
        {
            throw new CryptographicException($"the field {name} of a key is not base64url");
        }
    }
}
