using System.Buffers.Binary;

namespace Sequencer.Tlog;

/// <summary>
/// One signature line of a note: whose it claims to be, and its bytes. It proves nothing by itself.
/// </summary>
/// <param name="Name">Name of the key that is said to have signed.</param>
/// <param name="KeyId">Id of that key.</param>
/// <param name="Blob">
/// What follows the key id: 64 bytes for type 0x01, 72 for type 0x04; at least one byte.
/// </param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Blob)
{
    private const string Prefix = "— ";
    private const int KeyIdSizeBytes = 4;

    /// <summary>The line of a plain Ed25519 signature (type 0x01).</summary>
    /// <exception cref="ArgumentException">
    /// When the key is of another type or the signature not 64 bytes long.
    /// </exception>
    public static NoteSignature Ed25519(VerifierKey key, ReadOnlySpan<byte> signature64)
    {
        CheckKey(key, SignatureType.Ed25519);
        VerifierKey.CheckSignatureSize(signature64);
        return new NoteSignature(key.Name, key.KeyId, signature64.ToArray());
    }

    /// <summary>The line of a timestamped cosignature (type 0x04).</summary>
    /// <param name="key">The cosigner's key.</param>
    /// <param name="time">POSIX seconds, at most 2^63-1.</param>
    /// <param name="signature64">The signature of <see cref="Tlog.Cosignature.Message"/>.</param>
    /// <exception cref="ArgumentException">
    /// When the key is of another type or the signature not 64 bytes long.
    /// </exception>
    /// <exception cref="TlogException">With <see cref="TlogError.TimeOutOfRange"/>.</exception>
    public static NoteSignature Cosignature(VerifierKey key, ulong time, ReadOnlySpan<byte> signature64)
    {
        CheckKey(key, SignatureType.CosignatureEd25519);
        return new NoteSignature(key.Name, key.KeyId, Tlog.Cosignature.EncodeBlob(time, signature64));
    }

    /// <summary>Reads one line, without its LF.</summary>
    /// <exception cref="TlogException">With <see cref="TlogError.MalformedSignatureLine"/>.</exception>
    public static NoteSignature ParseLine(ReadOnlySpan<char> line)
    {
        if (!line.StartsWith(Prefix))
            throw Malformed("it must start with an em dash and a space");
        var rest = line[Prefix.Length..];
        var space = rest.IndexOf(' ');
        if (space < 0 || !KeyName.IsWellFormed(rest[..space]))
            throw Malformed("a key name without spaces or '+', and one space, must follow the dash");
        if (!StrictText.TryBase64(rest[(space + 1)..], out var bytes) || bytes.Length <= KeyIdSizeBytes)
            throw Malformed("it must end in standard base64 of a 4-byte key id and a signature");
        var keyId = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return new NoteSignature(rest[..space].ToString(), keyId, bytes.AsMemory(KeyIdSizeBytes));
    }

    /// <summary>The line as it stands in a note, ending in LF.</summary>
    public string ToLine()
    {
        var bytes = new byte[KeyIdSizeBytes + Blob.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Blob.Span.CopyTo(bytes.AsSpan(KeyIdSizeBytes));
        return $"{Prefix}{Name} {Convert.ToBase64String(bytes)}\n";
    }

    /// <summary>
    /// Whether the line claims to be by a key: it has that key's name and id. Whether it is, only
    /// <see cref="SignedNote.Verify"/> tells.
    /// </summary>
    public bool Claims(VerifierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return KeyId == key.KeyId && Name == key.Name;
    }

    public bool Equals(NoteSignature? other) =>
        other is not null && KeyId == other.KeyId && Name == other.Name
        && Blob.Span.SequenceEqual(other.Blob.Span);

    public override int GetHashCode() => HashCode.Combine(KeyId, Name, Blob.Length);

    private static void CheckKey(VerifierKey key, SignatureType type)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Type != type)
            throw new ArgumentException($"Key '{key.Name}' is of type {key.Type}, not {type}.", nameof(key));
    }

    private static TlogException Malformed(string why) =>
        new(TlogError.MalformedSignatureLine, $"A signature line of the note is malformed: {why}.");
}
