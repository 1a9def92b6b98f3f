using System.Collections.Concurrent;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// A ledger that lives as long as its process: for tests, simulation and trying out. Its source gives the
/// same contents to every opening.
/// </summary>
public sealed class MemoryLedger : ILedger
{
    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<ChainId, ChainRecord> _chains = new();
    private readonly ConcurrentDictionary<ChainNumber, MemoryChain> _contents = new();
    private readonly List<EpochRecord> _epochs = [];

    public ulong Generation { get; private set; }

    public string? Fence { get; private set; }

    public ValueTask WriteAsync(LedgerBatch batch, bool sync)
    {
        lock (_writing)
            Apply(batch);
        return ValueTask.CompletedTask;
    }

    public ChainRecord? FindChain(ChainId id) => _chains.GetValueOrDefault(id);

    public IEnumerable<ChainRecord> Chains() => _chains.Values;

    public ulong EntryCount(ChainNumber chain) => Of(chain).EntryCount;

    public byte[]? ReadEntry(ChainNumber chain, ulong index) => Of(chain).ReadEntry(index);

    public IEnumerable<ReadOnlyMemory<byte>> ReadEntries(ChainNumber chain, ulong first, ulong count)
    {
        var contents = Of(chain);
        for (var index = first; index < first + count && contents.ReadEntry(index) is { } entry; index++)
            yield return entry;
    }

    public CheckpointRecord? LatestCheckpoint(ChainNumber chain) => Of(chain).Latest;

    public ulong? TimeOfSize(ChainNumber chain, ulong size) => Of(chain).TimeOfSize(size);

    public byte[]? ReadTile(ChainNumber chain, int level, ulong index) =>
        Of(chain).Tiles.GetValueOrDefault((level, index))?.Nodes.ToArray();

    public KeyRecord? FindKey(ChainNumber chain, in Hash keyDigest) => Of(chain).Keys.GetValueOrDefault(keyDigest);

    public ulong? FindLeaf(ChainNumber chain, in Hash leaf) =>
        Of(chain).Leaves.TryGetValue(leaf, out var index) ? index : null;

    public IReadOnlyList<EpochRecord> Epochs()
    {
        lock (_writing)
            return [.. _epochs];
    }

    public IReadOnlyList<ChainEpochRecord> ChainEpochs(ChainNumber chain) => [.. Of(chain).Epochs];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private MemoryChain Of(ChainNumber chain) => _contents.GetOrAdd(chain, static _ => new MemoryChain());

    private void Apply(LedgerBatch batch)
    {
        Generation = batch.Generation ?? Generation;
        Fence = batch.Fence is null ? Fence : batch.Fence.Length == 0 ? null : batch.Fence;
        if (batch.ForgetKeysBefore is { } time)
        {
            foreach (var contents in _contents.Values)
                contents.ForgetKeysBefore(time);
        }

        foreach (var chain in batch.Chains)
            _chains[chain.Id] = chain;
        foreach (var entries in batch.Entries)
            Of(entries.Chain).Append(entries);
        foreach (var key in batch.Keys)
            Of(key.Chain).Keys[key.KeyDigest] = key;
        foreach (var leaf in batch.Leaves)
            Of(leaf.Chain).Leaves[leaf.Leaf] = leaf.Index;
        foreach (var tile in batch.Tiles)
            Of(tile.Chain).Tiles[(tile.Level, tile.Index)] = tile;
        foreach (var checkpoint in batch.Checkpoints)
            Of(checkpoint.Chain).Add(checkpoint);
        _epochs.AddRange(batch.Epochs);
        foreach (var epoch in batch.ChainEpochs)
            Of(epoch.Chain).Epochs.Enqueue(epoch);
    }
}

/// <summary>One chain's contents in memory.</summary>
internal sealed class MemoryChain
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _entries = [];
    private readonly List<(ulong Size, ulong Time)> _times = [];

    public ConcurrentDictionary<Hash, KeyRecord> Keys { get; } = new();

    public ConcurrentDictionary<Hash, ulong> Leaves { get; } = new();

    public ConcurrentDictionary<(int Level, ulong Index), TileRecord> Tiles { get; } = new();

    public ConcurrentQueue<ChainEpochRecord> Epochs { get; } = new();

    public CheckpointRecord? Latest { get; private set; }

    public ulong EntryCount
    {
        get
        {
            lock (_lock)
                return (ulong)_entries.Count;
        }
    }

    public void Append(EntriesRecord record)
    {
        lock (_lock)
        {
            // A tail that is written again after an uncertain write replaces itself.
            if (record.FirstIndex > (ulong)_entries.Count)
                throw new InvalidOperationException($"Entry {record.FirstIndex} would leave a gap.");
            _entries.RemoveRange((int)record.FirstIndex, _entries.Count - (int)record.FirstIndex);
            _entries.AddRange(record.Entries.Select(entry => entry.ToArray()));
        }
    }

    public void ForgetKeysBefore(ulong time)
    {
        foreach (var key in Keys.Values)
        {
            if (key.ExpiresAt < time)
                Keys.TryRemove(key.KeyDigest, out _);
        }
    }

    public byte[]? ReadEntry(ulong index)
    {
        lock (_lock)
            return index < (ulong)_entries.Count ? _entries[(int)index] : null;
    }

    public void Add(CheckpointRecord checkpoint)
    {
        lock (_lock)
        {
            Latest = checkpoint;
            if (_times.Count == 0 || _times[^1].Size < checkpoint.Size)
                _times.Add((checkpoint.Size, checkpoint.Time));
        }
    }

    public ulong? TimeOfSize(ulong size)
    {
        lock (_lock)
        {
            var at = _times.BinarySearch((size, 0));
            at = at < 0 ? ~at : at;
            return at < _times.Count ? _times[at].Time : null;
        }
    }
}
