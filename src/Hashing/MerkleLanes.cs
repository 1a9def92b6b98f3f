using Sequencer.Tlog;

namespace Sequencer.Hashing;

/// <summary>
/// The hashes of RFC 6962, section 2.1, of a whole tile at once: as many in one go as a vector has lanes, where
/// they have the same number of SHA-256 blocks; a lone one by itself. The same values as
/// <see cref="MerkleHash"/>.
/// </summary>
public static class MerkleLanes
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;
    private const int NodeLength = 1 + 2 * Hash.SizeBytes;

    /// <summary>
    /// From so many on, lanes take less time than one after the other, however many of them run idle.
    /// </summary>
    private const int MessagesMin = 3;

    /// <summary>The leaf hash of each entry.</summary>
    public static void HashLeaves(ReadOnlySpan<ReadOnlyMemory<byte>> entries, Span<Hash> leaves)
    {
        var done = 0;
        while (done < entries.Length)
        {
            var padded = Sha256Lanes.PaddedLength(1 + entries[done].Length);
            var count = CountAlike(entries[done..], padded);
            if (count >= MessagesMin)
            {
                HashAlike(entries.Slice(done, count), padded, leaves.Slice(done, count));
                done += count;
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

    /// <summary>How many of the next entries fill lanes together: all of the same padded length.</summary>
    private static int CountAlike(ReadOnlySpan<ReadOnlyMemory<byte>> entries, int padded)
    {
        if (!Sha256Lanes.AreSupported || padded > LaneMemory.MessageBytesMax)
            return 0;
        var count = 1;
        var most = Math.Min(entries.Length, Sha256Lanes.Count);
        while (count < most && Sha256Lanes.PaddedLength(1 + entries[count].Length) == padded)
            count++;
        return count;
    }

    private static void HashAlike(ReadOnlySpan<ReadOnlyMemory<byte>> entries, int padded, Span<Hash> leaves)
    {
        var memory = LaneMemory.OfThread;
        var rest = memory.Messages;
        foreach (var entry in entries)
        {
            var message = rest[..padded];
            message[0] = LeafPrefix;
            entry.Span.CopyTo(message[1..]);
            Sha256Lanes.Pad(message, 1 + entry.Length);
            rest = rest[padded..];
        }

        Sha256Lanes.Hash(memory, padded, leaves);
    }

    /// <summary>Replaces the first half of a level by the nodes above its pairs.</summary>
    private static void HashPairs(Span<Hash> level)
    {
        for (var (done, pairs) = (0, level.Length / 2); done < pairs;)
        {
            var count = Math.Min(pairs - done, Sha256Lanes.Count);
            if (Sha256Lanes.AreSupported && count >= MessagesMin)
            {
                HashPairs(level.Slice(2 * done, 2 * count), level.Slice(done, count));
                done += count;
            }
            else
            {
                level[done] = MerkleHash.Node(level[2 * done], level[2 * done + 1]);
                done++;
            }
        }
    }

    /// <summary>The nodes above some pairs; they may overwrite those of the pairs.</summary>
    private static void HashPairs(ReadOnlySpan<Hash> pairs, Span<Hash> nodes)
    {
        var padded = Sha256Lanes.PaddedLength(NodeLength);
        var memory = LaneMemory.OfThread;
        var rest = memory.Messages;
        for (var i = 0; i < nodes.Length; i++)
        {
            var message = rest[..padded];
            message[0] = NodePrefix;
            pairs[2 * i].CopyTo(message[1..]);
            pairs[2 * i + 1].CopyTo(message[(1 + Hash.SizeBytes)..]);
            Sha256Lanes.Pad(message, NodeLength);
            rest = rest[padded..];
        }

        Sha256Lanes.Hash(memory, padded, nodes);
    }
}
