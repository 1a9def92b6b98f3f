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

    public LogRecord? Log { get; private set; }

    public ValueTask WriteAsync(LedgerBatch batch, bool sync)
    {
        lock (_writing)
        {
            RequireOrder(batch);
            Apply(batch);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> ForgetKeysAsync(ulong before)
    {
        lock (_writing)
        {
            foreach (var contents in _contents.Values)
                contents.ForgetKeysBefore(before);
        }

        return new ValueTask<bool>(false);
    }

    public ChainRecord? FindChain(ChainId id) => _chains.GetValueOrDefault(id);

    public IEnumerable<ChainRecord> Chains() => _chains.Values;

    public ulong EntryCount(ChainNumber chain) => Of(chain).EntryCount;

    public StoredEntry? ReadEntry(ChainNumber chain, ulong index) =>
        Of(chain).ReadEntry(index) is { } entry ? new StoredEntry(entry, Part: null) : null;

    public IEnumerable<ReadOnlyMemory<byte>> ReadEntries(ChainNumber chain, ulong first, ulong count)
    {
        var contents = Of(chain);
        for (var index = first; index - first < count && contents.ReadEntry(index) is { } entry; index++)
            yield return entry;
    }

    public CheckpointRecord? LatestCheckpoint(ChainNumber chain) => Of(chain).Latest;

    public CheckpointRecord? WitnessedCheckpoint(ChainNumber chain) => Of(chain).Witnessed;

    public ProposalRecord? LastProposal(ChainNumber chain) => Of(chain).Proposal;

    public ulong? TimeOfEntry(ChainNumber chain, ulong index) => Of(chain).TimeOfEntry(index);

    public byte[]? ReadTile(ChainNumber chain, int level, ulong index) =>
        Of(chain).Tiles.GetValueOrDefault((level, index))?.Nodes[..TileNodes.HashesBytes].ToArray();

    public TilePart? ReadTilePart(TilePartId id) =>
        Of(id.Chain).Tiles.GetValueOrDefault((id.Level, id.Tile)) is { } tile
            ? new TilePart(id, TileNodes.PartOf(tile.Nodes.Span, id.Part))
            : null;

    public KeyRecord? FindKey(ChainNumber chain, in Hash keyDigest) => Of(chain).Keys.GetValueOrDefault(keyDigest);

    public ulong? FindLeaf(ChainNumber chain, in Hash leaf) =>
        Of(chain).Leaves.TryGetValue(leaf, out var index) ? index : null;

    public IReadOnlyList<EpochRecord> Epochs()
    {
        lock (_writing)
            return [.. _epochs];
    }

    public EpochRecord? FindEpoch(uint number) => Epochs().FirstOrDefault(epoch => epoch.Number == number);

    public IReadOnlyList<ChainEpochRecord> ChainEpochs(ChainNumber chain) => [.. Of(chain).Epochs];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private MemoryChain Of(ChainNumber chain) => _contents.GetOrAdd(chain, static _ => new MemoryChain());

    private void RequireOrder(LedgerBatch batch)
    {
        var counts = new Dictionary<ChainNumber, ulong>();
        foreach (var entries in batch.Entries)
        {
            var count = counts.GetValueOrDefault(entries.Chain, EntryCount(entries.Chain));
            if (entries.FirstIndex != count)
                throw LedgerException.OutOfOrder(entries, count);
            counts[entries.Chain] = count + (ulong)entries.Entries.Count;
        }
    }

    private void Apply(LedgerBatch batch)
    {
        Generation = batch.Generation ?? Generation;
        Fence = batch.Fence is null ? Fence : batch.Fence.Length == 0 ? null : batch.Fence;
        Log = batch.Log ?? Log;
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
        foreach (var checkpoint in batch.Witnessed)
            Of(checkpoint.Chain).Witnessed = checkpoint;
        foreach (var proposal in batch.Proposals)
            Of(proposal.Chain).Proposal = proposal;
        _epochs.AddRange(batch.Epochs);
        foreach (var epoch in batch.ChainEpochs)
            Of(epoch.Chain).Epochs.Enqueue(epoch);
    }
}
