using NSec.Cryptography;

namespace Sequencer.Tlog;

/// <summary>
/// An Ed25519 private key (RFC 8032), kept in guarded memory until disposed. It has neither name nor type:
/// those belong to the <see cref="VerifierKey"/> that publishes it. Safe for concurrent use.
/// </summary>
public sealed class NoteSigner : IDisposable
{
    /// <summary>Length of a private key's seed, in bytes.</summary>
    public const int SeedSizeBytes = 32;

    private readonly Key _key;
    private readonly byte[] _publicKey;

    private NoteSigner(Key key)
    {
        _key = key;
        _publicKey = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    /// <summary>The 32 bytes of the public key.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>Makes a key that cannot be exported.</summary>
    public static NoteSigner Generate() => new(Key.Create(SignatureAlgorithm.Ed25519));

    /// <summary>Restores a key from its 32-byte seed; the caller keeps, and clears, the seed.</summary>
    /// <exception cref="ArgumentException">When the seed is not 32 bytes long.</exception>
    public static NoteSigner FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedSizeBytes)
            throw new ArgumentException($"A seed is {SeedSizeBytes} bytes; got {seed.Length}.", nameof(seed));
        return new NoteSigner(Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey));
    }

    /// <summary>Signs <paramref name="message"/>; allocates nothing.</summary>
    /// <exception cref="ArgumentException">
    /// When <paramref name="signature64"/> is not 64 bytes long.
    /// </exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature64) =>
        SignatureAlgorithm.Ed25519.Sign(_key, message, signature64);

    public void Dispose() => _key.Dispose();
}
