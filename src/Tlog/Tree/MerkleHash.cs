namespace Sequencer.Tlog;

/// <summary>
/// The hash functions of RFC 6962, section 2.1: leaves and nodes are domain-separated by one byte.
/// </summary>
public static class MerkleHash
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    /// <summary>The root of the empty tree: SHA-256 of nothing.</summary>
    public static Hash Empty { get; } = Sha256.Of([]);

    /// <summary>SHA-256(0x00 ‖ entry).</summary>
    public static Hash Leaf(ReadOnlySpan<byte> entry) => Sha256.Of([LeafPrefix], entry);

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static Hash Node(in Hash left, in Hash right)
    {
        Span<byte> message = stackalloc byte[1 + 2 * Hash.SizeBytes];
        message[0] = NodePrefix;
        left.CopyTo(message[1..]);
        right.CopyTo(message[(1 + Hash.SizeBytes)..]);
        return Sha256.Of(message);
    }
}
