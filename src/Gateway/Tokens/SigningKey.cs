using System.Security.Cryptography;

namespace Sequencer.Gateway;

/// <summary>
/// A public key that signs tokens with the one algorithm its type allows, so that a token cannot choose
/// another. Safe for concurrent use.
/// </summary>
internal sealed class SigningKey
{
    private const int RsaBitsMin = 2048;
    private const int Es256SignatureBytes = 64;

    private readonly Lock _gate = new();
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;

    private SigningKey(string? keyId, RSA? rsa, ECDsa? ecdsa) => (KeyId, _rsa, _ecdsa) = (keyId, rsa, ecdsa);

    /// <summary>The name of the key in its set; null for a key from a PEM file.</summary>
    public string? KeyId { get; }

    public SigningAlgorithm Algorithm => _rsa is null ? SigningAlgorithm.Es256 : SigningAlgorithm.Rs256;

    /// <exception cref="CryptographicException">When the key is shorter than 2048 bits.</exception>
    public static SigningKey Of(RSA rsa, string? keyId = null)
    {
        if (rsa.KeySize < RsaBitsMin)
            throw new CryptographicException(
                $"an RSA key has at least {RsaBitsMin} bits; this one has {rsa.KeySize}");
        return new SigningKey(keyId, rsa, null);
    }

    /// <exception cref="CryptographicException">When the key is on another curve than P-256.</exception>
    public static SigningKey Of(ECDsa ecdsa, string? keyId = null)
    {
        var curve = ecdsa.ExportParameters(includePrivateParameters: false).Curve;
        if (curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
            throw new CryptographicException("an ES256 key is on the curve P-256; this one is on another");
        return new SigningKey(keyId, null, ecdsa);
    }

    /// <summary>Whether this key made the token's signature, with the algorithm the token names.</summary>
    public bool Signed(Jwt token)
    {
        if (token.Algorithm != Algorithm)
            return false;
        // The platform's key objects promise nothing about concurrent use, and checked tokens are remembered.
        lock (_gate)
        {
            return _rsa is not null
                ? _rsa.VerifyData(
                    token.SignedBytes, token.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                : token.Signature.Length == Es256SignatureBytes
                    && _ecdsa!.VerifyData(token.SignedBytes, token.Signature, HashAlgorithmName.SHA256);
        }
    }
}
