using Sequencer.Tlog;

namespace Sequencer.Hashing;

/// <summary>
/// The hashes of RFC 6962, section 2.1, of a whole tile or batch at once: as many in one go as a vector has lanes,
/// of those that have the same number of SHA-256 blocks; a lone one by itself. The same values as
/// <see cref="MerkleHash"/>.
/// </summary>
public static class MerkleLanes
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;
    private const int NodeLength = 1 + 2 * Hash.SizeBytes;

    /// <summary>
    /// From so many on, lanes take no more time than one after the other, however many of them run idle.
    /// </summary>
    private const int MessagesMin = 8;

    /// <summary>One more than the most SHA-256 blocks that a message in a lane has.</summary>
    private const int BlocksEnd = LaneMemory.MessageBytesMax / Sha256Lanes.BlockBytes + 1;

    /// <summary>The leaf hash of each entry.</summary>
    public static void HashLeaves(ReadOnlySpan<ReadOnlyMemory<byte>> entries, Span<Hash> leaves)
    {
        if (Sha256Lanes.AreSupported && entries.Length >= MessagesMin)
        {
            HashTogether(entries, leaves);
            return;
        }

        for (var i = 0; i < entries.Length; i++)
            leaves[i] = MerkleHash.Leaf(entries[i].Span);
    }

    private static void HashTogether(ReadOnlySpan<ReadOnlyMemory<byte>> entries, Span<Hash> leaves)
    {
        // Places of entries that wait for others with as many blocks, until every lane has one.
        Span<int> waiting = stackalloc int[BlocksEnd * LaneMemory.LanesMax];
        Span<int> counts = stackalloc int[BlocksEnd];
        for (var i = 0; i < entries.Length; i++)
        {
            var blocks = Sha256Lanes.PaddedLength(1 + entries[i].Length) / Sha256Lanes.BlockBytes;
            if (blocks >= BlocksEnd)
            {
                leaves[i] = MerkleHash.Leaf(entries[i].Span);
                continue;
            }

            var alike = waiting.Slice(blocks * LaneMemory.LanesMax, Sha256Lanes.Count);
            alike[counts[blocks]++] = i;
            if (counts[blocks] < alike.Length)
                continue;
            HashAlike(entries, alike, leaves);
            counts[blocks] = 0;
        }

        for (var blocks = 0; blocks < BlocksEnd; blocks++)
            HashAlike(entries, waiting.Slice(blocks * LaneMemory.LanesMax, counts[blocks]), leaves);
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

    /// <summary>Hashes the entries at some places, whose padded leaves are of one length.</summary>
    private static void HashAlike(
        ReadOnlySpan<ReadOnlyMemory<byte>> entries, ReadOnlySpan<int> places, Span<Hash> leaves)
    {
        if (places.Length < MessagesMin)
        {
            foreach (var place in places)
                leaves[place] = MerkleHash.Leaf(entries[place].Span);
            return;
        }

        var padded = Sha256Lanes.PaddedLength(1 + entries[places[0]].Length);
        var memory = LaneMemory.OfThread;
        var rest = memory.Messages;
        foreach (var place in places)
        {
            var entry = entries[place].Span;
            var message = rest[..padded];
            message[0] = LeafPrefix;
            entry.CopyTo(message[1..]);
            Sha256Lanes.Pad(message, 1 + entry.Length);
            rest = rest[padded..];
        }

        Span<Hash> digests = stackalloc Hash[places.Length];
        Sha256Lanes.Hash(memory, padded, digests);
        for (var i = 0; i < places.Length; i++)
            leaves[places[i]] = digests[i];
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
