using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sequencer.Tlog;

/// <summary>
/// The hash functions of RFC 6962, section 2.1: leaves and nodes are domain-separated by one byte.
/// </summary>
public static class MerkleHash
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;
    private const int StackLimitBytes = 1024;

    // The library takes longer to make and free its object than to hash a node: each thread keeps one.
    [ThreadStatic]
    private static IncrementalHash? _sha256;

    /// <summary>The root of the empty tree: SHA-256 of nothing.</summary>
    public static Hash Empty { get; } = Hash.Read(SHA256.HashData([]));

    /// <summary>SHA-256(0x00 ‖ entry).</summary>
    public static Hash Leaf(ReadOnlySpan<byte> entry)
    {
        var length = entry.Length + 1;
        var rented = length > StackLimitBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var input = rented is null ? stackalloc byte[length] : rented.AsSpan(0, length);
        input[0] = LeafPrefix;
        entry.CopyTo(input[1..]);
        var hash = Sha256(input);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        return hash;
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static Hash Node(in Hash left, in Hash right)
    {
        Span<byte> input = stackalloc byte[1 + 2 * Hash.SizeBytes];
        input[0] = NodePrefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Hash.SizeBytes)..]);
        return Sha256(input);
    }

    private static Hash Sha256(ReadOnlySpan<byte> input)
    {
        // Not the thread's again before it has ended well: what an exception left halfway is not used again.
        var sha256 = _sha256 ?? IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _sha256 = null;
        sha256.AppendData(input);
        Hash hash = default;
        sha256.GetHashAndReset(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref hash, 1)));
        _sha256 = sha256;
        return hash;
    }
}
