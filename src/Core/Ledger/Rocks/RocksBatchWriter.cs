using System.Buffers.Binary;
using System.Text;
using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>
/// Turns the records of batches into puts of one RocksDB write batch. What a put depends on may stand in
/// the same write batch and not yet in the database, so that is remembered here. Used by one thread.
/// </summary>
internal sealed class RocksBatchWriter(RocksDatabase database) : IDisposable
{
    private readonly WriteBatch _batch = new();
    private readonly Dictionary<ChainNumber, ulong> _counts = [];
    private readonly Dictionary<ChainNumber, (ulong Size, ulong? Time)> _covered = [];
    // The keys used in what is not committed; while expired ones are looked for, all since that began.
    private readonly HashSet<(ChainNumber, Tlog.Hash)> _keys = [];
    private bool _isForgetting;
    private byte[] _buffer = new byte[64 * 1024];

    /// <summary>Adds a batch's records.</summary>
    /// <exception cref="LedgerException">With <see cref="LedgerError.OutOfOrder"/>.</exception>
    public void Add(LedgerBatch batch)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        if (batch.Generation is { } generation)
            PutNumber(RocksKeys.Generation, generation);
        if (batch.Fence is { } fence)
            _batch.Put(RocksKeys.Fence, Encoding.UTF8.GetBytes(fence));
        if (batch.Log is { } log)
            _batch.Put(RocksKeys.Log, RocksValues.OfLog(log));
        foreach (var chain in batch.Chains)
            _batch.Put(RocksKeys.Chain(chain.Id), RocksValues.OfChain(chain));
        foreach (var entries in batch.Entries)
            AddEntries(entries, key);
        foreach (var record in batch.Keys)
            AddKey(record, key);
        foreach (var leaf in batch.Leaves)
            PutNumber(RocksKeys.Leaf(leaf.Chain, leaf.Leaf, key), leaf.Index);
        foreach (var tile in batch.Tiles)
            AddTile(tile, key);
        foreach (var checkpoint in batch.Checkpoints)
            AddCheckpoint(checkpoint, key);
        foreach (var witnessed in batch.Witnessed)
            PutCheckpoint(RocksKeys.WitnessedCheckpoint(witnessed.Chain, key), witnessed);
        foreach (var proposal in batch.Proposals)
            _batch.Put(RocksKeys.Proposal(proposal.Chain, key), RocksValues.OfProposal(proposal));
        foreach (var epoch in batch.Epochs)
            _batch.Put(RocksKeys.Epoch(epoch.Number, key), RocksValues.OfEpoch(epoch));
        foreach (var epoch in batch.ChainEpochs)
        {
            _batch.Put(RocksKeys.ChainEpoch(epoch.Chain, epoch.StartSize, epoch.Epoch, key),
                Encoding.UTF8.GetBytes(epoch.Handover ?? ""));
        }
    }

    /// <summary>From the next commit until <see cref="Forget"/>, notes which keys are used, so that these are
    /// spared.</summary>
    public void BeginForgetting() => _isForgetting = true;

    /// <summary>Adds the deletion of expired keys, but of none that was used since they were looked for.</summary>
    public void Forget(List<ExpiredKey> expired)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        foreach (var (expiresAt, chain, digest, isUsedAgain) in expired)
        {
            if (!isUsedAgain && !_keys.Contains((chain, digest)))
                _batch.Delete(RocksKeys.IdempotencyKey(chain, digest, key));
            _batch.Delete(RocksKeys.Expiry(expiresAt, chain, digest, key));
        }

        _isForgetting = false;
    }

    /// <summary>Writes what was added and starts over.</summary>
    public void Commit(WriteOptions how)
    {
        database.Write(_batch, how);
        _batch.Clear();
        if (!_isForgetting)
            _keys.Clear();
    }

    public void Dispose() => _batch.Dispose();

    private void AddEntries(EntriesRecord record, Span<byte> key)
    {
        if (!_counts.TryGetValue(record.Chain, out var count))
            count = RocksEntries.Count(database, record.Chain);
        if (record.FirstIndex != count)
            throw LedgerException.OutOfOrder(record, count);
        _counts[record.Chain] = count + (ulong)record.Entries.Count;
        for (var start = 0; start < record.Entries.Count;)
        {
            var length = EntryChunk.NextLength(record, start, out var bytes);
            var chunk = Buffer(bytes);
            EntryChunk.Write(record, start, length, chunk);
            start += length;
            var last = record.FirstIndex + (ulong)start - 1;
            _batch.Put(RocksKeys.Entries(record.Chain, last, key), chunk, database.Entries);
        }
    }

    private void AddTile(TileRecord tile, Span<byte> key)
    {
        var nodes = tile.Nodes.Span;
        var tileKey = RocksKeys.Tile(tile.Chain, tile.Level, tile.Index, key);
        _batch.Put(tileKey, nodes[..TileNodes.HashesBytes], database.Tiles);
        _batch.Put(tileKey, TileNodes.PartOf(nodes, TilePart.Crown), database.Crowns);
    }

    private void AddKey(KeyRecord record, Span<byte> key)
    {
        Span<byte> value = stackalloc byte[64];
        RocksValues.OfKey(record, value, out var length);
        _batch.Put(RocksKeys.IdempotencyKey(record.Chain, record.KeyDigest, key), value[..length]);
        _batch.Put(RocksKeys.Expiry(record.ExpiresAt, record.Chain, record.KeyDigest, key), []);
        _keys.Add((record.Chain, record.KeyDigest));
    }

    private void AddCheckpoint(CheckpointRecord checkpoint, Span<byte> key)
    {
        PutCheckpoint(RocksKeys.LatestCheckpoint(checkpoint.Chain, key), checkpoint);
        if (!_covered.TryGetValue(checkpoint.Chain, out var covered))
            covered = RocksTimes.Last(database, checkpoint.Chain);
        // Entries have the time that first covered them: a size that an epoch signs again brings none.
        if (checkpoint.Size > covered.Size)
        {
            if (checkpoint.Time != covered.Time)
                PutNumber(RocksKeys.Time(checkpoint.Chain, covered.Size, key), checkpoint.Time);
            covered = (checkpoint.Size, checkpoint.Time);
        }

        _covered[checkpoint.Chain] = covered;
    }

    private void PutCheckpoint(ReadOnlySpan<byte> key, CheckpointRecord checkpoint)
    {
        var value = Buffer(RocksValues.CheckpointBytes(checkpoint));
        RocksValues.OfCheckpoint(checkpoint, value);
        _batch.Put(key, value);
    }

    private void PutNumber(ReadOnlySpan<byte> key, ulong number)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(value, number);
        _batch.Put(key, value);
    }

    /// <summary>Room for one value, until the next one.</summary>
    private Span<byte> Buffer(int bytes)
    {
        if (_buffer.Length < bytes)
            _buffer = new byte[bytes];
        return _buffer.AsSpan(0, bytes);
    }
}
