using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Sim;

/// <summary>One opening of a simulated ledger, by one process.</summary>
internal sealed class SimLedger : ILedger
{
    private readonly SimDisk _disk;
    private readonly MemoryLedger _contents;
    private readonly Queue<Write> _underWay = new();
    private LedgerException? _failed;
    private bool _isClosed;

    public SimLedger(SimDisk disk, SimProcess process, MemoryLedger contents)
    {
        (_disk, _contents) = (disk, contents);
        process.OnDeath(() =>
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _disk.Crash(_underWay.Select(write => write.Batch), power: _disk.Scheduler.Chance(0.5));
        });
    }

    public ulong Generation => Open.Generation;

    public string? Fence => Open.Fence;

    public LogRecord? Log => Open.Log;

    private MemoryLedger Open => _isClosed
        ? throw new LedgerException(LedgerError.Unavailable, "The ledger was closed.")
        : _contents;

    public ValueTask WriteAsync(LedgerBatch batch, bool sync)
    {
        if (_failed is { } failed)
            return ValueTask.FromException(failed);
        _ = Open;
        if (_disk.Bug == PlantedBug.LosesKeys)
            batch.Keys.Clear();
        if (_disk.Bug == PlantedBug.LosesLeaves)
            batch.Leaves.Clear();
        var write = new Write(batch, sync);
        _underWay.Enqueue(write);
        if (_underWay.Count == 1)
            ScheduleNext();
        return new ValueTask(write.Done.Task);
    }

    public ValueTask<bool> ForgetKeysAsync(ulong before) => Open.ForgetKeysAsync(before);

    public ChainRecord? FindChain(ChainId id) => Open.FindChain(id);

    public IEnumerable<ChainRecord> Chains() => Open.Chains();

    public ulong EntryCount(ChainNumber chain) => Open.EntryCount(chain);

    public StoredEntry? ReadEntry(ChainNumber chain, ulong index) => Open.ReadEntry(chain, index);

    public IEnumerable<ReadOnlyMemory<byte>> ReadEntries(ChainNumber chain, ulong first, ulong count) =>
        Open.ReadEntries(chain, first, count);

    public CheckpointRecord? LatestCheckpoint(ChainNumber chain) => Open.LatestCheckpoint(chain);

    public CheckpointRecord? WitnessedCheckpoint(ChainNumber chain) => Open.WitnessedCheckpoint(chain);

    public ProposalRecord? LastProposal(ChainNumber chain) => Open.LastProposal(chain);

    public ulong? TimeOfEntry(ChainNumber chain, ulong index) => Open.TimeOfEntry(chain, index);

    public byte[]? ReadTile(ChainNumber chain, int level, ulong index) => Open.ReadTile(chain, level, index);

    public TilePart? ReadTilePart(TilePartId id) => Open.ReadTilePart(id);

    public KeyRecord? FindKey(ChainNumber chain, in Hash keyDigest) => Open.FindKey(chain, keyDigest);

    public ulong? FindLeaf(ChainNumber chain, in Hash leaf) => Open.FindLeaf(chain, leaf);

    public IReadOnlyList<EpochRecord> Epochs() => Open.Epochs();

    public EpochRecord? FindEpoch(uint number) => Open.FindEpoch(number);

    public IReadOnlyList<ChainEpochRecord> ChainEpochs(ChainNumber chain) => Open.ChainEpochs(chain);

    public async ValueTask DisposeAsync()
    {
        while (_underWay.TryPeek(out var last))
            await last.Ended.Task;
        if (!_isClosed)
            _disk.Release(this);
        _isClosed = true;
    }

    private void ScheduleNext()
    {
        var delay = _disk.Scheduler.Chance(0.7) ? _disk.Scheduler.Next(5_000) : _disk.Scheduler.Next(100_000);
        _disk.Scheduler.After(TimeSpan.FromTicks(delay), Finish);
    }

    private void Finish()
    {
        if (_isClosed || !_underWay.TryPeek(out var write))
            return;
        if (_disk.Fails(write.Batch, out var persists))
        {
            Fail(persists);
            return;
        }

        try
        {
            // In memory this is done at once; it throws for entries that are out of order.
            _ = _contents.WriteAsync(write.Batch, write.Sync).AsTask();
        }
        catch (LedgerException refused)
        {
            _disk.Scheduler.Violate(refused.Message);
            return;
        }

        _disk.Written(write.Batch, write.Sync);
        _underWay.Dequeue();
        write.Done.TrySetResult();
        write.Ended.TrySetResult();
        if (_underWay.Count > 0)
            ScheduleNext();
    }

    private void Fail(bool? persists)
    {
        var exception = _failed = new LedgerException(LedgerError.WriteFailed, "A simulated write failed.");
        _disk.Failed([.. _underWay.Select(write => write.Batch)], persists);
        while (_underWay.TryDequeue(out var write))
        {
            write.Done.TrySetException(exception);
            write.Ended.TrySetResult();
        }
    }

    private sealed record Write(LedgerBatch Batch, bool Sync)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends with the write, whatever came of it.</summary>
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
