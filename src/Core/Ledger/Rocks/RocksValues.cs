using System.Buffers.Binary;
using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>Values of the RocksDB ledger: fixed big-endian fields, then at most one field of free length.</summary>
internal static class RocksValues
{
    private const int CheckpointHeaderBytes = 8 + 32 + 8 + 64 + 4;
    private const int ProposalBytes = 8 + 32 + 64 + 4;
    private const int LogKeyBytes = 32;
    private const int KeyBytes = 8 + 4 + 32 + 8;

    public static byte[] OfUInt64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    public static ulong ToUInt64(ReadOnlySpan<byte> bytes)
    {
        Require(bytes, 8, "number");
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    public static byte[] OfLog(LogRecord log) => [.. log.PublicKey.Span, .. Encoding.UTF8.GetBytes(log.Prefix)];

    public static LogRecord ToLog(byte[] bytes)
    {
        Require(bytes, LogKeyBytes, "log");
        return new LogRecord(Encoding.UTF8.GetString(bytes.AsSpan(LogKeyBytes)), bytes.AsMemory(0, LogKeyBytes));
    }

    public static byte[] OfChain(ChainRecord chain)
    {
        var bytes = new byte[5];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, chain.Number.Value);
        bytes[4] = chain.Unique ? (byte)1 : (byte)0;
        return bytes;
    }

    public static ChainRecord ToChain(ChainId id, ReadOnlySpan<byte> bytes)
    {
        Require(bytes, 5, "chain");
        return new ChainRecord(id, new ChainNumber(BinaryPrimitives.ReadUInt32BigEndian(bytes)), bytes[4] != 0);
    }

    public static int CheckpointBytes(CheckpointRecord checkpoint) =>
        CheckpointHeaderBytes + checkpoint.Note.Length;

    /// <summary>Writes a checkpoint into <see cref="CheckpointBytes"/>.</summary>
    public static void OfCheckpoint(CheckpointRecord checkpoint, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, checkpoint.Size);
        checkpoint.Root.CopyTo(bytes[8..]);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[40..], checkpoint.Time);
        checkpoint.Cosignature.Span.CopyTo(bytes[48..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[112..], checkpoint.Epoch);
        checkpoint.Note.Span.CopyTo(bytes[CheckpointHeaderBytes..]);
    }

    public static CheckpointRecord ToCheckpoint(ChainNumber chain, byte[] bytes)
    {
        Require(bytes, CheckpointHeaderBytes, "checkpoint");
        return new CheckpointRecord(
            chain,
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            Hash.Read(bytes.AsSpan(8, Hash.SizeBytes)),
            BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(40)),
            bytes.AsMemory(48, 64),
            BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(112)),
            bytes.AsMemory(CheckpointHeaderBytes));
    }

    public static byte[] OfProposal(ProposalRecord proposal)
    {
        var bytes = new byte[ProposalBytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, proposal.Size);
        proposal.Root.CopyTo(bytes.AsSpan(8));
        proposal.Signature.CopyTo(bytes.AsMemory(40));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(104), proposal.Epoch);
        return bytes;
    }

    public static ProposalRecord ToProposal(ChainNumber chain, byte[] bytes)
    {
        Require(bytes, ProposalBytes, "proposal");
        return new ProposalRecord(
            chain,
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            Hash.Read(bytes.AsSpan(8, Hash.SizeBytes)),
            bytes.AsMemory(40, 64),
            BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(104)));
    }

    public static void OfKey(KeyRecord key, Span<byte> bytes, out int length)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, key.FirstIndex);
        BinaryPrimitives.WriteInt32BigEndian(bytes[8..], key.Count);
        key.ContentDigest.CopyTo(bytes[12..]);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[44..], key.ExpiresAt);
        length = KeyBytes;
    }

    public static KeyRecord ToKey(ChainNumber chain, in Hash keyDigest, ReadOnlySpan<byte> bytes)
    {
        Require(bytes, KeyBytes, "idempotency key");
        return new KeyRecord(
            chain,
            keyDigest,
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadInt32BigEndian(bytes[8..]),
            Hash.Read(bytes.Slice(12, Hash.SizeBytes)),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[44..]));
    }

    public static byte[] OfEpoch(EpochRecord epoch)
    {
        var key = Encoding.UTF8.GetBytes(epoch.CosignerKey);
        var bytes = new byte[2 + key.Length + epoch.Document.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)key.Length);
        key.CopyTo(bytes.AsSpan(2));
        epoch.Document.CopyTo(bytes.AsMemory(2 + key.Length));
        return bytes;
    }

    public static EpochRecord ToEpoch(uint number, byte[] bytes)
    {
        Require(bytes, 2, "epoch");
        var keyLength = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        Require(bytes, 2 + keyLength, "epoch");
        return new EpochRecord(
            number, Encoding.UTF8.GetString(bytes.AsSpan(2, keyLength)), bytes.AsMemory(2 + keyLength));
    }

    private static void Require(ReadOnlySpan<byte> bytes, int least, string kind)
    {
        if (bytes.Length < least)
        {
            throw new LedgerException(LedgerError.Corrupt,
                $"A record of the kind '{kind}' has {bytes.Length} bytes; {least} are the least.");
        }
    }
}
