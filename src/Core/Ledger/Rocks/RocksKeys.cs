using System.Buffers.Binary;
using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Keys of the RocksDB ledger: one letter for the kind, then big-endian numbers, so that byte order is
/// number order. Written into a caller's buffer of at least <see cref="BytesMax"/> bytes.
/// </summary>
internal static class RocksKeys
{
    public const int BytesMax = 1 + 4 + 32 + 32;

    public static readonly byte[] Format = "Mformat"u8.ToArray();
    public static readonly byte[] LedgerId = "Mid"u8.ToArray();
    public static readonly byte[] Generation = "Mgeneration"u8.ToArray();
    public static readonly byte[] Fence = "Mfence"u8.ToArray();
    public static readonly byte[] Log = "Mlog"u8.ToArray();
    public static readonly byte[] ChainPrefix = "c"u8.ToArray();
    public static readonly byte[] EpochPrefix = "d"u8.ToArray();
    public static readonly byte[] ExpiryPrefix = "j"u8.ToArray();

    public static byte[] Chain(ChainId id) => Encoding.ASCII.GetBytes("c" + id.Value);

    /// <summary>The key of a chunk of entries, by the index of the last of them.</summary>
    public static ReadOnlySpan<byte> Entries(ChainNumber chain, ulong lastIndex, Span<byte> key) =>
        Numbered('e', chain, lastIndex, key);

    public static ReadOnlySpan<byte> LatestCheckpoint(ChainNumber chain, Span<byte> key) =>
        Prefixed('p', chain, key);

    public static ReadOnlySpan<byte> WitnessedCheckpoint(ChainNumber chain, Span<byte> key) =>
        Prefixed('w', chain, key);

    public static ReadOnlySpan<byte> Proposal(ChainNumber chain, Span<byte> key) => Prefixed('q', chain, key);

    /// <summary>The key of a time, by the index of the first entry that it holds for.</summary>
    public static ReadOnlySpan<byte> Time(ChainNumber chain, ulong firstIndex, Span<byte> key) =>
        Numbered('t', chain, firstIndex, key);

    /// <summary>
    /// The key of a full tile, and of its crown, by the index of the last entry under the tile: so keys grow with the
    /// log, as tiles of all levels fill.
    /// </summary>
    public static ReadOnlySpan<byte> Tile(ChainNumber chain, int level, ulong index, Span<byte> key)
    {
        var last = level < Tlog.Tile.MaxLevel
            ? ((index + 1) << (Tlog.Tile.Height * (level + 1))) - 1
            : ulong.MaxValue;
        Numbered('n', chain, last, key);
        key[13] = (byte)level;
        return key[..14];
    }

    public static ReadOnlySpan<byte> IdempotencyKey(ChainNumber chain, in Hash keyDigest, Span<byte> key) =>
        Hashed('i', chain, keyDigest, key);

    public static ReadOnlySpan<byte> Leaf(ChainNumber chain, in Hash leaf, Span<byte> key) =>
        Hashed('u', chain, leaf, key);

    /// <summary>Orders idempotency keys by the time when they expire, for sweeping.</summary>
    public static ReadOnlySpan<byte> Expiry(ulong expiresAt, ChainNumber chain, in Hash keyDigest, Span<byte> key)
    {
        key[0] = (byte)'j';
        BinaryPrimitives.WriteUInt64BigEndian(key[1..], expiresAt);
        BinaryPrimitives.WriteUInt32BigEndian(key[9..], chain.Value);
        keyDigest.CopyTo(key[13..]);
        return key[..(13 + Hash.SizeBytes)];
    }

    public static (ulong ExpiresAt, ChainNumber Chain, Hash KeyDigest) ExpiryOf(ReadOnlySpan<byte> key) => (
        BinaryPrimitives.ReadUInt64BigEndian(key[1..]),
        new ChainNumber(BinaryPrimitives.ReadUInt32BigEndian(key[9..])),
        Hash.Read(key[13..]));

    public static ReadOnlySpan<byte> Epoch(uint number, Span<byte> key)
    {
        key[0] = (byte)'d';
        BinaryPrimitives.WriteUInt32BigEndian(key[1..], number);
        return key[..5];
    }

    public static ReadOnlySpan<byte> ChainEpoch(ChainNumber chain, ulong startSize, uint epoch, Span<byte> key)
    {
        Numbered('x', chain, startSize, key);
        BinaryPrimitives.WriteUInt32BigEndian(key[13..], epoch);
        return key[..17];
    }

    public static ReadOnlySpan<byte> Prefixed(char kind, ChainNumber chain, Span<byte> key)
    {
        key[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(key[1..], chain.Value);
        return key[..5];
    }

    /// <summary>The number behind kind and chain.</summary>
    public static ulong NumberOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt64BigEndian(key[5..]);

    private static ReadOnlySpan<byte> Numbered(char kind, ChainNumber chain, ulong number, Span<byte> key)
    {
        Prefixed(kind, chain, key);
        BinaryPrimitives.WriteUInt64BigEndian(key[5..], number);
        return key[..13];
    }

    private static ReadOnlySpan<byte> Hashed(char kind, ChainNumber chain, in Hash hash, Span<byte> key)
    {
        Prefixed(kind, chain, key);
        hash.CopyTo(key[5..]);
        return key[..(5 + Hash.SizeBytes)];
    }
}
