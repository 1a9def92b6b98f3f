using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sequencer.Tlog;

/// <summary>
/// A SHA-256 value, 32 bytes: a leaf hash, an interior node or a root (RFC 6962, section 2.1).
/// </summary>
[InlineArray(SizeBytes)]
public struct Hash : IEquatable<Hash>
{
    /// <summary>Length of a hash, in bytes.</summary>
    public const int SizeBytes = 32;

    /// <summary>Length of a hash in standard base64 with padding, in characters.</summary>
    public const int Base64Length = 44;

    private byte _first;

    /// <summary>The 32 bytes, in place.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Bytes =>
        MemoryMarshal.CreateReadOnlySpan(in Unsafe.As<Hash, byte>(ref Unsafe.AsRef(in this)), SizeBytes);

    /// <summary>Copies exactly 32 bytes into a hash.</summary>
    /// <exception cref="ArgumentException">When <paramref name="bytes"/> is not 32 bytes long.</exception>
    public static Hash Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes)
            throw new ArgumentException($"A hash is {SizeBytes} bytes; got {bytes.Length}.", nameof(bytes));
        return MemoryMarshal.Read<Hash>(bytes);
    }

    /// <summary>
    /// Reads a hash in standard base64 (44 characters, padded, canonical); false for anything else.
    /// </summary>
    public static bool TryParseBase64(ReadOnlySpan<char> text, out Hash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[SizeBytes];
        if (text.Length != Base64Length
            || !Convert.TryFromBase64Chars(text, bytes, out var written)
            || written != SizeBytes)
        {
            return false;
        }

        // The decoder skips white space, and 43 characters carry 258 bits, of which the last two must be
        // zero: only one of the spellings it takes is the canonical one.
        Span<char> canonical = stackalloc char[Base64Length];
        if (!Convert.TryToBase64Chars(bytes, canonical, out _) || !text.SequenceEqual(canonical))
            return false;
        hash = Read(bytes);
        return true;
    }

    /// <summary>Writes the 32 bytes to the start of <paramref name="destination"/>.</summary>
    public readonly void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);

    public readonly bool Equals(Hash other) => Bytes.SequenceEqual(other.Bytes);

    public override readonly bool Equals(object? obj) => obj is Hash other && Equals(other);

    public override readonly int GetHashCode() => MemoryMarshal.Read<int>(Bytes);

    /// <summary>The hash in standard base64, as checkpoints and proofs write it.</summary>
    public override readonly string ToString() => Convert.ToBase64String(Bytes);

    public static bool operator ==(Hash left, Hash right) => left.Equals(right);

    public static bool operator !=(Hash left, Hash right) => !left.Equals(right);
}
