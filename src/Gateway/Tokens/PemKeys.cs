using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Gateway;

/// <summary>
/// Reads public keys from a PEM text (RFC 7468): any number of <c>PUBLIC KEY</c> blocks, RSA or P-256.
/// </summary>
internal static class PemKeys
{
    private const string Label = "PUBLIC KEY";

    /// <exception cref="CryptographicException">When a block is no such key, or when there is
    /// none.</exception>
    public static SigningKeySet Parse(string pem)
    {
        var keys = new List<SigningKey>();
        ReadOnlySpan<char> rest = pem;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var label = rest[fields.Label];
            if (!label.SequenceEqual(Label))
                throw new CryptographicException($"expected only blocks of {Label}, found one of {label}");
            keys.Add(ParseBlock(rest[fields.Location]));
            rest = rest[fields.Location.End..];
        }

        return keys.Count is > 0 and <= SigningKeySet.CountMax
            ? new SigningKeySet(keys)
            : throw new CryptographicException(
                $"expected 1 to {SigningKeySet.CountMax} blocks of {Label}, found {keys.Count}");
    }

    private static SigningKey ParseBlock(ReadOnlySpan<char> block)
    {
        var info = PublicKey.CreateFromSubjectPublicKeyInfo(DecodeBlock(block), out _);
        if (info.GetRSAPublicKey() is { } rsa)
            return SigningKey.Of(rsa);
        return info.GetECDsaPublicKey() is { } ecdsa
            ? SigningKey.Of(ecdsa)
            : throw new CryptographicException("a key is neither RSA nor elliptic-curve");
    }

    private static byte[] DecodeBlock(ReadOnlySpan<char> block)
    {
        var fields = PemEncoding.Find(block);
        return Convert.FromBase64String(block[fields.Base64Data].ToString());
    }
}
