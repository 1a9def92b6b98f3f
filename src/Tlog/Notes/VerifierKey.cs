using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using NSec.Cryptography;

namespace Sequencer.Tlog;

/// <summary>
/// A named public key that signs notes, written as a vkey: <c>name+id+base64(type ‖ key)</c>
/// (C2SP signed-note). Immutable; equal when name, type and public key are.
/// </summary>
public sealed class VerifierKey : IEquatable<VerifierKey>
{
    /// <summary>Length of an Ed25519 public key, in bytes.</summary>
    public const int PublicKeySizeBytes = 32;

    /// <summary>Length of an Ed25519 signature, in bytes.</summary>
    public const int SignatureSizeBytes = 64;

    private const int KeyIdHexLength = 8;

    // Room for the largest key that is assigned a type (ML-DSA-44, 1,312 bytes), so that it is named as such.
    private const int MaxEncodedLength = 4096;

    private readonly byte[] _publicKey;
    private readonly PublicKey _imported;

    private VerifierKey(string name, SignatureType type, byte[] publicKey, PublicKey imported)
    {
        Name = name;
        Type = type;
        _publicKey = publicKey;
        _imported = imported;
        KeyId = ComputeKeyId(name, type, publicKey);
    }

    /// <summary>The key's name; for a log, its origin. At most 255 bytes.</summary>
    public string Name { get; }

    /// <summary>First four bytes, big-endian, of SHA-256(name ‖ LF ‖ type ‖ public key).</summary>
    public uint KeyId { get; }

    public SignatureType Type { get; }

    /// <summary>The 32 bytes of RFC 8032.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>Names a public key.</summary>
    /// <exception cref="TlogException">
    /// For a bad name, an unsupported type, or bytes that are no public key.
    /// </exception>
    public static VerifierKey Create(string name, SignatureType type, ReadOnlySpan<byte> publicKey)
    {
        ArgumentNullException.ThrowIfNull(name);
        KeyName.Check(name);
        if (type is not (SignatureType.Ed25519 or SignatureType.CosignatureEd25519))
        {
            throw new TlogException(TlogError.UnsupportedKeyType,
                $"Key type 0x{(byte)type:x2} is not supported; 0x01 (Ed25519) and 0x04 (cosignature) are.");
        }

        if (publicKey.Length != PublicKeySizeBytes
            || !NSec.Cryptography.PublicKey.TryImport(
                SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey, out var imported)
            || imported is null)
        {
            throw new TlogException(TlogError.MalformedVerifierKey,
                $"The public key of '{name}' must be {PublicKeySizeBytes} bytes; it has {publicKey.Length}.");
        }

        return new VerifierKey(name, type, publicKey.ToArray(), imported);
    }

    /// <summary>Reads a vkey.</summary>
    /// <exception cref="TlogException">
    /// When the text is malformed, its id is wrong, or its type is not supported.
    /// </exception>
    public static VerifierKey Parse(string vkey)
    {
        ArgumentNullException.ThrowIfNull(vkey);
        // The base64 may itself contain '+': only the first two separate.
        var nameEnd = vkey.IndexOf('+');
        var idEnd = nameEnd < 0 ? -1 : vkey.IndexOf('+', nameEnd + 1);
        if (idEnd != nameEnd + 1 + KeyIdHexLength)
            throw Malformed("it must have the form name+<8 hex digits>+<base64>");
        if (!TryParseKeyId(vkey.AsSpan(nameEnd + 1, KeyIdHexLength), out var keyId))
            throw Malformed("its key id must be 8 lowercase hex digits");
        var encoded = vkey.AsSpan(idEnd + 1);
        if (encoded.Length is 0 or > MaxEncodedLength || !StrictText.TryBase64(encoded, out var typed))
            throw Malformed("its last part must be standard base64 of the type byte and the public key");

        var key = Create(vkey[..nameEnd], (SignatureType)typed[0], typed.AsSpan(1));
        return key.KeyId == keyId
            ? key
            : throw new TlogException(TlogError.KeyIdMismatch,
                $"The verifier key of '{key.Name}' says id {keyId:x8}; its name, type and key give "
                + $"{key.KeyId:x8}.");
    }

    /// <summary>Checks one bare Ed25519 signature by this key, whatever the key's type.</summary>
    /// <exception cref="TlogException">With <see cref="TlogError.BadSignature"/>.</exception>
    public void Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature64)
    {
        if (signature64.Length != SignatureSizeBytes
            || !SignatureAlgorithm.Ed25519.Verify(_imported, message, signature64))
        {
            throw new TlogException(TlogError.BadSignature,
                $"A signature by '{Name}' (id {KeyId:x8}) does not verify: text or signature was changed.");
        }
    }

    /// <summary>
    /// The same name and public key with type 0x01: what the enclave of this cosigner signs its proposals and
    /// handovers as.
    /// </summary>
    public VerifierKey AsSigner() => new(Name, SignatureType.Ed25519, _publicKey, _imported);

    /// <summary>The key as a vkey.</summary>
    public override string ToString()
    {
        Span<byte> typed = stackalloc byte[1 + PublicKeySizeBytes];
        typed[0] = (byte)Type;
        _publicKey.CopyTo(typed[1..]);
        return $"{Name}+{KeyId:x8}+{Convert.ToBase64String(typed)}";
    }

    public bool Equals(VerifierKey? other) =>
        other is not null && Type == other.Type && Name == other.Name
        && _publicKey.AsSpan().SequenceEqual(other._publicKey);

    public override bool Equals(object? obj) => Equals(obj as VerifierKey);

    public override int GetHashCode() => HashCode.Combine(KeyId, Name);

    internal static void CheckSignatureSize(ReadOnlySpan<byte> signature64)
    {
        if (signature64.Length != SignatureSizeBytes)
            throw new ArgumentException($"A signature is 64 bytes; got {signature64.Length}.");
    }

    internal static bool TryParseKeyId(ReadOnlySpan<char> hex, out uint keyId)
    {
        keyId = 0;
        foreach (var c in hex)
        {
            if (!char.IsAsciiHexDigitLower(c))
                return false;
        }

        return hex.Length == KeyIdHexLength
            && uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out keyId);
    }

    private static uint ComputeKeyId(string name, SignatureType type, ReadOnlySpan<byte> publicKey)
    {
        var nameSize = StrictText.Utf8.GetByteCount(name);
        Span<byte> input = stackalloc byte[KeyName.MaxSizeBytes + 2 + PublicKeySizeBytes];
        StrictText.Utf8.GetBytes(name, input);
        input[nameSize] = (byte)'\n';
        input[nameSize + 1] = (byte)type;
        publicKey.CopyTo(input[(nameSize + 2)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..(nameSize + 2 + publicKey.Length)], hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    private static TlogException Malformed(string why) =>
        new(TlogError.MalformedVerifierKey, $"The verifier key is malformed: {why}.");
}
