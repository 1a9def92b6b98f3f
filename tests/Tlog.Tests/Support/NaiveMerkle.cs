namespace Sequencer.Tlog.Tests;

/// <summary>
/// The recursive definitions of RFC 6962, section 2.1, word for word: slow, and easy to believe.
/// </summary>
internal static class NaiveMerkle
{
    /// <summary>MTH(D[n]), section 2.1.</summary>
    public static Hash Root(ReadOnlySpan<Hash> leaves)
    {
        if (leaves.Length == 0)
            return MerkleHash.Empty;
        if (leaves.Length == 1)
            return leaves[0];
        var k = LargestPowerBelow(leaves.Length);
        return MerkleHash.Node(Root(leaves[..k]), Root(leaves[k..]));
    }

    /// <summary>PATH(m, D[n]), section 2.1.1.</summary>
    public static List<Hash> Path(int m, ReadOnlySpan<Hash> leaves)
    {
        if (leaves.Length == 1)
            return [];
        var k = LargestPowerBelow(leaves.Length);
        return m < k
            ? [.. Path(m, leaves[..k]), Root(leaves[k..])]
            : [.. Path(m - k, leaves[k..]), Root(leaves[..k])];
    }

    /// <summary>PROOF(m, D[n]), section 2.1.2.</summary>
    public static List<Hash> Proof(int m, ReadOnlySpan<Hash> leaves) =>
        m == 0 ? [] : SubProof(m, leaves, isOldTree: true);

    private static List<Hash> SubProof(int m, ReadOnlySpan<Hash> leaves, bool isOldTree)
    {
        if (m == leaves.Length)
            return isOldTree ? [] : [Root(leaves)];
        var k = LargestPowerBelow(leaves.Length);
        return m <= k
            ? [.. SubProof(m, leaves[..k], isOldTree), Root(leaves[k..])]
            : [.. SubProof(m - k, leaves[k..], isOldTree: false), Root(leaves[..k])];
    }

    private static int LargestPowerBelow(int n)
    {
        var k = 1;
        while (k * 2 < n)
            k *= 2;
        return k;
    }
}
