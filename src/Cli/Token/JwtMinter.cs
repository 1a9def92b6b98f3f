using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sequencer.Cli.Token;

/// <summary>
/// Signs development tokens (RFC 7519): ES256 with a P-256 key, RS256 with an RSA key of at least 2,048 bits.
/// Production tokens come from the operator's own issuer.
/// </summary>
internal static class JwtMinter
{
    private const int RsaBitsMin = 2048;

    /// <summary>The compact form of a token signed with the private key in <paramref name="pem"/>.</summary>
    /// <exception cref="CryptographicException">
    /// When the key is of no kind that tokens may be signed with.
    /// </exception>
    public static string Mint(string pem, JwtClaims claims)
    {
        using var ecdsa = TryImport(ECDsa.Create(), key => key.ImportFromPem(pem));
        if (ecdsa is not null)
        {
            if (ecdsa.ExportParameters(false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
                throw new CryptographicException("The elliptic curve key is not on P-256, which ES256 needs");
            return Sign("ES256", claims, input => ecdsa.SignData(input, HashAlgorithmName.SHA256));
        }

        using var rsa = TryImport(RSA.Create(), key => key.ImportFromPem(pem));
        if (rsa is null)
            throw new CryptographicException("The file holds no unencrypted P-256 or RSA private key in PEM");
        if (rsa.KeySize < RsaBitsMin)
            throw new CryptographicException($"The RSA key has {rsa.KeySize} bits; RS256 needs {RsaBitsMin}");
        return Sign("RS256", claims,
            input => rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static T? TryImport<T>(T key, Action<T> import)
        where T : AsymmetricAlgorithm
    {
        try
        {
            import(key);
            return key;
        }
        catch (Exception otherKind) when (otherKind is ArgumentException or CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }

    private static string Sign(string algorithm, JwtClaims claims, Func<byte[], byte[]> sign)
    {
        var header = Write(json =>
        {
            json.WriteString("alg", algorithm);
            json.WriteString("typ", "JWT");
            if (claims.KeyId is not null)
                json.WriteString("kid", claims.KeyId);
        });
        var input = $"{header}.{Write(claims.Write)}";
        return $"{input}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
