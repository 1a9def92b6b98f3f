using System.Runtime.Intrinsics;
using Sequencer.Tlog;

namespace Sequencer.Hashing;

/// <summary>
/// The hashes of RFC 6962, section 2.1, of a whole tile at once: eight in one go where there are eight of
/// the same number of SHA-256 blocks, the others one by one. The same values as <see cref="MerkleHash"/>.
/// </summary>
public static class MerkleLanes
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;
    private const int NodeLength = 1 + 2 * Hash.SizeBytes;

    /// <summary>Longest padded leaf that goes into a lane; to longer ones the library is quick.</summary>
    private const int LeafPaddedMax = 1024;

    /// <summary>The leaf hash of each entry.</summary>
    public static void HashLeaves(ReadOnlySpan<ReadOnlyMemory<byte>> entries, Span<Hash> leaves)
    {
        var scratch = (stackalloc byte[Sha256Lanes.Count * LeafPaddedMax]);
        var done = 0;
        while (done < entries.Length)
        {
            if (TryPad(entries[done..], scratch, out var length))
            {
                Sha256Lanes.Hash(scratch[..length], leaves[done..]);
                done += Sha256Lanes.Count;
            }
            else
            {
                leaves[done] = MerkleHash.Leaf(entries[done].Span);
                done++;
            }
        }
    }

    /// <summary>The root over the hashes of a perfect subtree: a power of two of them, at most a tile.</summary>
    public static Hash FoldFull(ReadOnlySpan<Hash> hashes)
    {
        Span<Hash> level = stackalloc Hash[Tile.Width];
        hashes.CopyTo(level);
        for (var count = hashes.Length / 2; count > 0; count /= 2)
            HashPairs(level[..(2 * count)]);
        return level[0];
    }

    /// <summary>Replaces the first half of a level by the nodes above its pairs.</summary>
    private static void HashPairs(Span<Hash> level)
    {
        var padded = Sha256Lanes.PaddedLength(NodeLength);
        var scratch = (stackalloc byte[Sha256Lanes.Count * padded]);
        var done = 0;
        for (; CanUseLanes && done + Sha256Lanes.Count <= level.Length / 2; done += Sha256Lanes.Count)
        {
            for (var lane = 0; lane < Sha256Lanes.Count; lane++)
            {
                var message = scratch.Slice(lane * padded, padded);
                var left = 2 * (done + lane);
                message[0] = NodePrefix;
                level[left].CopyTo(message[1..]);
                level[left + 1].CopyTo(message[(1 + Hash.SizeBytes)..]);
                Sha256Lanes.Pad(message, NodeLength);
            }

            Sha256Lanes.Hash(scratch, level[done..]);
        }

        for (; done < level.Length / 2; done++)
            level[done] = MerkleHash.Node(level[2 * done], level[2 * done + 1]);
    }

    private static bool CanUseLanes => Vector256.IsHardwareAccelerated;

    /// <summary>Puts the next eight entries, as padded leaves, behind each other.</summary>
    /// <returns>False when there are not eight, or not eight of one length that pays.</returns>
    private static bool TryPad(ReadOnlySpan<ReadOnlyMemory<byte>> entries, Span<byte> scratch, out int length)
    {
        length = 0;
        if (!CanUseLanes || entries.Length < Sha256Lanes.Count)
            return false;
        var padded = Sha256Lanes.PaddedLength(1 + entries[0].Length);
        if (padded > LeafPaddedMax)
            return false;
        foreach (var entry in entries[..Sha256Lanes.Count])
        {
            if (Sha256Lanes.PaddedLength(1 + entry.Length) != padded)
                return false;
            var message = scratch.Slice(length, padded);
            message[0] = LeafPrefix;
            entry.Span.CopyTo(message[1..]);
            Sha256Lanes.Pad(message, 1 + entry.Length);
            length += padded;
        }

        return true;
    }
}
