using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Pipeline;

/// <summary>A ledger whose writes of entries wait until the gate is opened, and whose records cannot be read, or are
/// others, when a test says so.</summary>
internal sealed class GatedLedger : ILedger, ILedgerSource
{
    private readonly MemoryLedger _inner = new();
    private TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _entryWrites;

    public ulong Generation => _inner.Generation;

    public string? Fence => _inner.Fence;

    public LogRecord? Log => _inner.Log;

    /// <summary>What reading the next checkpoint ends in, once; null for the checkpoint.</summary>
    public LedgerException? NextFailure { get; set; }

    /// <summary>Which writes fail, without effect; null for none.</summary>
    public Predicate<LedgerBatch>? Fails { get; set; }

    /// <summary>Whether what is stored of tiles cannot be found any more.</summary>
    public bool HasLostTiles { get; set; }

    /// <summary>The chain whose entries cannot be counted, and are read with their first bit flipped.</summary>
    public ChainNumber? Damaged { get; set; }

    /// <summary>How many writes of entries came to the gate.</summary>
    public int EntryWrites => Volatile.Read(ref _entryWrites);

    /// <summary>What forgetting keys does; null for what it should.</summary>
    public Func<ulong, ValueTask<bool>>? Forget { get; set; }

    public void Open() => _gate.TrySetResult();

    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask<ILedger> OpenAsync(CancellationToken cancellation) => new(this);

    public async ValueTask WriteAsync(LedgerBatch batch, bool sync)
    {
        if (Fails?.Invoke(batch) == true)
            throw new LedgerException(LedgerError.WriteFailed, "The write failed.");
        if (batch.Entries.Count > 0)
        {
            Interlocked.Increment(ref _entryWrites);
            await _gate.Task;
        }

        await _inner.WriteAsync(batch, sync);
    }

    public ValueTask<bool> ForgetKeysAsync(ulong before) =>
        Forget?.Invoke(before) ?? _inner.ForgetKeysAsync(before);

    public ChainRecord? FindChain(ChainId id) => _inner.FindChain(id);

    public IEnumerable<ChainRecord> Chains() => _inner.Chains();

    public ulong EntryCount(ChainNumber chain) => chain == Damaged
        ? throw new LedgerException(LedgerError.Corrupt, "A block of entries is damaged.")
        : _inner.EntryCount(chain);

    public StoredEntry? ReadEntry(ChainNumber chain, ulong index)
    {
        if (_inner.ReadEntry(chain, index) is not { } entry || chain != Damaged)
            return _inner.ReadEntry(chain, index);
        byte[] flipped = [.. entry.Data];
        flipped[0] ^= 1;
        return entry with { Data = flipped };
    }

    public IEnumerable<ReadOnlyMemory<byte>> ReadEntries(ChainNumber chain, ulong first, ulong count) =>
        _inner.ReadEntries(chain, first, count);

    public CheckpointRecord? LatestCheckpoint(ChainNumber chain)
    {
        var failure = NextFailure;
        NextFailure = null;
        return failure is null ? _inner.LatestCheckpoint(chain) : throw failure;
    }

    public CheckpointRecord? WitnessedCheckpoint(ChainNumber chain) => _inner.WitnessedCheckpoint(chain);

    public ProposalRecord? LastProposal(ChainNumber chain) => _inner.LastProposal(chain);

    public ulong? TimeOfEntry(ChainNumber chain, ulong index) => _inner.TimeOfEntry(chain, index);

    public byte[]? ReadTile(ChainNumber chain, int level, ulong index) => _inner.ReadTile(chain, level, index);

    public TilePart? ReadTilePart(TilePartId id) => HasLostTiles ? null : _inner.ReadTilePart(id);

    public KeyRecord? FindKey(ChainNumber chain, in Hash keyDigest) => _inner.FindKey(chain, keyDigest);

    public ulong? FindLeaf(ChainNumber chain, in Hash leaf) => _inner.FindLeaf(chain, leaf);

    public IReadOnlyList<EpochRecord> Epochs() => _inner.Epochs();

    public EpochRecord? FindEpoch(uint number) => _inner.FindEpoch(number);

    public IReadOnlyList<ChainEpochRecord> ChainEpochs(ChainNumber chain) => _inner.ChainEpochs(chain);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
