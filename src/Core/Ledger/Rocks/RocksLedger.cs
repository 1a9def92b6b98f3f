using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using RocksDbSharp;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// The embedded ledger on RocksDB. One thread of its own writes: all batches that wait go into one write
/// and, where any asks for it, one sync.
/// </summary>
public sealed class RocksLedger : ILedger
{
    private const int WaitingMax = 4_096;
    private const int MergeMax = 256;

    private readonly RocksDb _database;
    private readonly RocksOptions _options;
    private readonly BlockingCollection<WaitingWrite> _waiting = new(WaitingMax);
    private readonly WriteOptions _synced = new WriteOptions().SetSync(true);
    private readonly WriteOptions _unsynced = new WriteOptions().SetSync(false);
    private readonly Thread _writer;
    private volatile LedgerException? _failed;

    internal RocksLedger(RocksDb database, RocksOptions options)
    {
        _database = database;
        _options = options;
        Generation = database.Get(RocksKeys.Generation) is { } bytes ? RocksValues.ToUInt64(bytes) : 0;
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "ledger-writer" };
        _writer.Start();
    }

    public ulong Generation { get; private set; }

    public string? Fence =>
        _database.Get(RocksKeys.Fence) is { Length: > 0 } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public ValueTask WriteAsync(LedgerBatch batch, bool sync)
    {
        if (_failed is { } failed)
            return ValueTask.FromException(failed);
        var write = new WaitingWrite(batch, sync);
        _waiting.Add(write);
        return new ValueTask(write.Done.Task);
    }

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

    public ulong EntryCount(ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        using var iterator = NewIterator();
        iterator.SeekForPrev(RocksKeys.Entries(chain, ulong.MaxValue, key));
        return IsEntriesOf(chain, iterator)
            ? RocksKeys.NumberOf(iterator.GetKeySpan()) + EntryChunks.Count(iterator.GetValueSpan())
            : 0;
    }

    public byte[]? ReadEntry(ChainNumber chain, ulong index)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        using var iterator = NewIterator();
        iterator.SeekForPrev(RocksKeys.Entries(chain, index, key));
        return IsEntriesOf(chain, iterator)
            && EntryChunks.TryFind(
                iterator.GetValueSpan(), index - RocksKeys.NumberOf(iterator.GetKeySpan()), out var entry)
            ? entry.ToArray()
            : null;
    }

    public IEnumerable<ReadOnlyMemory<byte>> ReadEntries(ChainNumber chain, ulong first, ulong count)
    {
        using var iterator = NewIterator();
        SeekEntries(iterator, chain, first);
        for (var next = first; next < first + count && IsEntriesOf(chain, iterator); iterator.Next())
        {
            var chunkFirst = RocksKeys.NumberOf(iterator.GetKeySpan());
            foreach (var entry in TakeEntries(iterator.GetValueSpan(), skip: next - chunkFirst))
            {
                if (next++ == first + count)
                    yield break;
                yield return entry;
            }
        }
    }

    public CheckpointRecord? LatestCheckpoint(ChainNumber chain)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return _database.Get(RocksKeys.LatestCheckpoint(chain, key)) is { } bytes
            ? RocksValues.ToCheckpoint(chain, bytes)
            : null;
    }

    public ulong? TimeOfSize(ChainNumber chain, ulong size)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        using var iterator = NewIterator();
        iterator.Seek(RocksKeys.Time(chain, size, key));
        return iterator.Valid() && iterator.GetKeySpan().StartsWith(RocksKeys.Prefixed('t', chain, key))
            ? RocksValues.ToUInt64(iterator.GetValueSpan())
            : null;
    }

    public byte[]? ReadTile(ChainNumber chain, int level, ulong index)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return _database.Get(RocksKeys.Tile(chain, level, index, key));
    }

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

    public ValueTask DisposeAsync()
    {
        _waiting.CompleteAdding();
        _writer.Join();
        _database.Dispose();
        _options.Dispose();
        _waiting.Dispose();
        return ValueTask.CompletedTask;
    }

    private Iterator NewIterator() => _database.NewIterator();

    private static bool IsEntriesOf(ChainNumber chain, Iterator iterator)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return iterator.Valid() && iterator.GetKeySpan().StartsWith(RocksKeys.Prefixed('e', chain, key));
    }

    private static void SeekEntries(Iterator iterator, ChainNumber chain, ulong first)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        iterator.SeekForPrev(RocksKeys.Entries(chain, first, key));
    }

    private static List<ReadOnlyMemory<byte>> TakeEntries(ReadOnlySpan<byte> chunk, ulong skip)
    {
        var entries = new List<ReadOnlyMemory<byte>>();
        while (EntryChunks.TryTake(ref chunk, out var entry))
        {
            if (skip > 0)
                skip--;
            else
                entries.Add(entry.ToArray());
        }

        return entries;
    }

    private IEnumerable<KeyValuePair<byte[], byte[]>> Scan(byte[] prefix)
    {
        using var iterator = NewIterator();
        for (iterator.Seek(prefix); iterator.Valid() && iterator.GetKeySpan().StartsWith(prefix); iterator.Next())
            yield return new KeyValuePair<byte[], byte[]>(iterator.Key(), iterator.Value());
    }

    private void WriteLoop()
    {
        using var writer = new RocksBatchWriter(_database);
        var writes = new List<WaitingWrite>();
        foreach (var first in _waiting.GetConsumingEnumerable())
        {
            writes.Add(first);
            while (writes.Count < MergeMax && _waiting.TryTake(out var next))
                writes.Add(next);
            Write(writer, writes);
            writes.Clear();
        }
    }

    private void Write(RocksBatchWriter writer, List<WaitingWrite> writes)
    {
        try
        {
            if (_failed is { } failed)
                throw failed;
            foreach (var write in writes)
                writer.Add(write.Batch);
            writer.Commit(writes.Exists(write => write.Sync) ? _synced : _unsynced);
            foreach (var write in writes)
                Generation = write.Batch.Generation ?? Generation;
            writes.ForEach(write => write.Done.SetResult());
        }
        catch (Exception exception) when (exception is RocksDbException or LedgerException)
        {
            _failed ??= exception as LedgerException ?? new LedgerException(
                LedgerError.WriteFailed, $"The ledger could not be written: {exception.Message}", exception);
            writes.ForEach(write => write.Done.SetException(_failed));
        }
    }

    private sealed record WaitingWrite(LedgerBatch Batch, bool Sync)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
