using System.Security.Cryptography;

namespace Sequencer.Tlog;

/// <summary>
/// A named Ed25519 private key in the text form of Go's note package,
/// <c>PRIVATE+KEY+name+id+base64(0x01 ‖ seed)</c>. A secret: <see cref="ToString"/> does not show it.
/// </summary>
public sealed class PrivateKeyText : IDisposable
{
    private const string Prefix = "PRIVATE+KEY+";
    private readonly byte[] _seed;

    private PrivateKeyText(string name, ReadOnlySpan<byte> seed)
    {
        _seed = seed.ToArray();
        using var signer = NoteSigner.FromSeed(_seed);
        VerifierKey = VerifierKey.Create(name, SignatureType.Ed25519, signer.PublicKey.Span);
    }

    /// <summary>The public half, of type 0x01.</summary>
    public VerifierKey VerifierKey { get; }

    public string Name => VerifierKey.Name;

    /// <summary>Makes a new key for <paramref name="name"/>.</summary>
    /// <exception cref="TlogException">For a bad name.</exception>
    public static PrivateKeyText Generate(string name)
    {
        Span<byte> seed = stackalloc byte[NoteSigner.SeedSizeBytes];
        RandomNumberGenerator.Fill(seed);
        try
        {
            return new PrivateKeyText(name, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Names the key of a seed of 32 bytes.</summary>
    /// <exception cref="TlogException">For a bad name.</exception>
    /// <exception cref="ArgumentException">When the seed is not 32 bytes long.</exception>
    public static PrivateKeyText FromSeed(string name, ReadOnlySpan<byte> seed) => new(name, seed);

    /// <summary>
    /// Reads the text form; one line break at its end is allowed, since it is kept in a file.
    /// </summary>
    /// <exception cref="TlogException">
    /// When the text is malformed or its id is wrong. No message repeats the text.
    /// </exception>
    public static PrivateKeyText Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = text.EndsWith('\n') ? text[..^1] : text;
        var nameEnd = line.IndexOf('+', Math.Min(Prefix.Length, line.Length));
        var idEnd = nameEnd < 0 ? -1 : line.IndexOf('+', nameEnd + 1);
        if (!line.StartsWith(Prefix, StringComparison.Ordinal)
            || idEnd < 0
            || !VerifierKey.TryParseKeyId(line.AsSpan(nameEnd + 1, idEnd - nameEnd - 1), out var keyId))
        {
            throw Malformed("it must have the form PRIVATE+KEY+name+<8 hex digits>+<base64>");
        }

        if (line.Length - idEnd > 64 || !StrictText.TryBase64(line.AsSpan(idEnd + 1), out var typed))
            throw Malformed("its last part must be standard base64 of the type byte and the seed");
        try
        {
            return FromTyped(line[Prefix.Length..nameEnd], keyId, typed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(typed);
        }
    }

    /// <summary>The signer; the caller disposes it.</summary>
    public NoteSigner CreateSigner() => NoteSigner.FromSeed(_seed);

    /// <summary>The text form, secret, without a line break at its end.</summary>
    public string Export()
    {
        Span<byte> typed = stackalloc byte[1 + NoteSigner.SeedSizeBytes];
        typed[0] = (byte)SignatureType.Ed25519;
        _seed.CopyTo(typed[1..]);
        var encoded = Convert.ToBase64String(typed);
        CryptographicOperations.ZeroMemory(typed);
        return $"{Prefix}{Name}+{VerifierKey.KeyId:x8}+{encoded}";
    }

    /// <summary>The public half only.</summary>
    public override string ToString() => $"private key of {VerifierKey}";

    public void Dispose() => CryptographicOperations.ZeroMemory(_seed);

    private static PrivateKeyText FromTyped(string name, uint keyId, ReadOnlySpan<byte> typed)
    {
        if (typed.Length != 1 + NoteSigner.SeedSizeBytes)
            throw Malformed($"it must hold a type byte and a seed of {NoteSigner.SeedSizeBytes} bytes");
        if (typed[0] != (byte)SignatureType.Ed25519)
        {
            throw new TlogException(TlogError.UnsupportedKeyType,
                $"The private key is of type 0x{typed[0]:x2}; only 0x01 (Ed25519) is supported.");
        }

        var key = new PrivateKeyText(name, typed[1..]);
        return key.VerifierKey.KeyId == keyId
            ? key
            : throw new TlogException(TlogError.KeyIdMismatch,
                $"The private key of '{name}' says id {keyId:x8}; its name and key give "
                + $"{key.VerifierKey.KeyId:x8}.");
    }

    private static TlogException Malformed(string why) =>
        new(TlogError.MalformedPrivateKey, $"The private key is malformed: {why}.");
}
