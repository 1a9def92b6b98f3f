using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sequencer.Gateway;

/// <summary>Reads a JSON Web Key Set (RFC 7517): the RSA and P-256 keys of it that sign.</summary>
internal static class Jwks
{
    /// <summary>Longest set that is read, in bytes.</summary>
    public const int BytesMax = 256 * 1024;

    /// <exception cref="CryptographicException">When the text is no key set, or has no key that can be
    /// used.</exception>
    public static SigningKeySet Parse(ReadOnlyMemory<byte> json)
    {
        using var document = Jwt.ParseObject(json);
        if (document is null
            || !document.RootElement.TryGetProperty("keys", out var list)
            || list.ValueKind != JsonValueKind.Array)
            throw new CryptographicException("a key set is a JSON object with the list keys");
        var keys = list.EnumerateArray().Select(ParseKey).OfType<SigningKey>().ToList();
        return keys.Count is > 0 and <= SigningKeySet.CountMax
            ? new SigningKeySet(keys)
            : throw new CryptographicException(
                $"expected 1 to {SigningKeySet.CountMax} RSA or P-256 signing keys, found {keys.Count}");
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
            return Base64Url.DecodeFromChars(Jwt.TextOf(key, name) ?? "");
        }
        catch (FormatException)
        {
            throw new CryptographicException($"the field {name} of a key is not base64url");
        }
    }
}
