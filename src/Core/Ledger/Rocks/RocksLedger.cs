using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using RocksDbSharp;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>The embedded ledger on RocksDB.</summary>
public sealed class RocksLedger : ILedger
{
    private readonly RocksDatabase _database;
    private readonly RocksWriter _writer;
    private readonly RocksKeySweep _sweep;
    private readonly RocksTiles _tiles;
    private readonly RocksTimes _times;
    private readonly Lazy<Task> _closing;
    private ulong _generation;

    internal RocksLedger(RocksDb database, RocksOptions options)
    {
        _database = new RocksDatabase(database, options);
        _generation = _database.Get(RocksKeys.Generation) is { } bytes ? RocksValues.ToUInt64(bytes) : 0;
        _tiles = new RocksTiles(_database);
        _times = new RocksTimes(_database);
        _writer = new RocksWriter(_database, Written);
        _sweep = new RocksKeySweep(_database, _writer);
        _closing = new Lazy<Task>(CloseAsync);
    }

    public ulong Generation => Interlocked.Read(ref _generation);

    public string? Fence =>
        _database.Get(RocksKeys.Fence) is { Length: > 0 } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public LogRecord? Log => _database.Get(RocksKeys.Log) is { } bytes ? RocksValues.ToLog(bytes) : null;

    public ValueTask WriteAsync(LedgerBatch batch, bool sync) => _writer.WriteAsync(batch, sync);

    public ValueTask<bool> ForgetKeysAsync(ulong before) => _sweep.ForgetAsync(before);

    public ChainRecord? FindChain(ChainId id) =>
        _database.Get(RocksKeys.Chain(id)) is { } bytes ? RocksValues.ToChain(id, bytes) : null;

    public IEnumerable<ChainRecord> Chains()
    {
        foreach (var (key, value) in Scan(RocksKeys.ChainPrefix))
        {
            if (!ChainId.TryParse(Encoding.ASCII.GetString(key.AsSpan(1)), out var id))
                throw new LedgerException(LedgerError.Corrupt, "A chain record's key holds no chain id.");
            yield return RocksValues.ToChain(id, value);
        }
    }

    public ulong EntryCount(ChainNumber chain) => RocksEntries.Count(_database, chain);

    public StoredEntry? ReadEntry(ChainNumber chain, ulong index) => RocksEntries.Read(_database, chain, index);

    public IEnumerable<ReadOnlyMemory<byte>> ReadEntries(ChainNumber chain, ulong first, ulong count) =>
        RocksEntries.Read(_database, chain, first, count);

    public void WriteBundle(
        ChainNumber chain, ulong first, ulong count, bool readAhead, IBufferWriter<byte> output) =>
        RocksEntries.WriteBundle(_database, chain, first, count, readAhead, output);

    public CheckpointRecord? LatestCheckpoint(ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return _database.Get(RocksKeys.LatestCheckpoint(chain, key)) is { } bytes
            ? RocksValues.ToCheckpoint(chain, bytes)
            : null;
    }

    public CheckpointRecord? WitnessedCheckpoint(ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return _database.Get(RocksKeys.WitnessedCheckpoint(chain, key)) is { } bytes
            ? RocksValues.ToCheckpoint(chain, bytes)
            : null;
    }

    public ProposalRecord? LastProposal(ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return _database.Get(RocksKeys.Proposal(chain, key)) is { } bytes
            ? RocksValues.ToProposal(chain, bytes)
            : null;
    }

    public ulong? TimeOfEntry(ChainNumber chain, ulong index) => _times.Of(chain, index);

    public byte[]? ReadTile(ChainNumber chain, int level, ulong index) => _tiles.ReadHashes(chain, level, index);

    public TilePart? ReadTilePart(TilePartId id) => _tiles.ReadPart(id);

    public KeyRecord? FindKey(ChainNumber chain, in Hash keyDigest)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return _database.Get(RocksKeys.IdempotencyKey(chain, keyDigest, key)) is { } bytes
            ? RocksValues.ToKey(chain, keyDigest, bytes)
            : null;
    }

    public ulong? FindLeaf(ChainNumber chain, in Hash leaf)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return _database.Get(RocksKeys.Leaf(chain, leaf, key)) is { } bytes ? RocksValues.ToUInt64(bytes) : null;
    }

    public IReadOnlyList<EpochRecord> Epochs() =>
    [
        .. Scan(RocksKeys.EpochPrefix).Select(pair => RocksValues.ToEpoch(
            BinaryPrimitives.ReadUInt32BigEndian(pair.Key.AsSpan(1)), pair.Value)),
    ];

    public EpochRecord? FindEpoch(uint number)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return _database.Get(RocksKeys.Epoch(number, key)) is { } bytes ? RocksValues.ToEpoch(number, bytes) : null;
    }

    public IReadOnlyList<ChainEpochRecord> ChainEpochs(ChainNumber chain)
    {
        var prefix = RocksKeys.Prefixed('x', chain, new byte[RocksKeys.BytesMax]).ToArray();
        return
        [
            .. Scan(prefix).Select(pair => new ChainEpochRecord(
                chain,
                RocksKeys.NumberOf(pair.Key),
                BinaryPrimitives.ReadUInt32BigEndian(pair.Key.AsSpan(13)),
                pair.Value.Length == 0 ? null : Encoding.UTF8.GetString(pair.Value))),
        ];
    }

    public ValueTask DisposeAsync() => new(_closing.Value);

    private async Task CloseAsync()
    {
        // Whoever closes may be there by way of a write, on the writer's own thread, which ends below.
        await Task.Yield();
        _writer.Dispose();
        await _database.DisposeAsync();
    }

    private void Written(LedgerBatch batch)
    {
        if (batch.Generation is { } generation)
            Interlocked.Exchange(ref _generation, generation);
    }

    private IEnumerable<KeyValuePair<byte[], byte[]>> Scan(byte[] prefix)
    {
        using var cursor = _database.OpenCursor();
        for (cursor.Seek(prefix); cursor.IsAt(prefix); cursor.Next())
            yield return new KeyValuePair<byte[], byte[]>(cursor.Key.ToArray(), cursor.Value.ToArray());
    }
}
