using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>
/// Group commit: a thread of its own takes all batches that wait into one write and, where any asks for it,
/// one sync. After a failure it writes nothing more.
/// </summary>
internal sealed class RocksWriter : IDisposable
{
    private const int MergeMax = 256;

    private readonly RocksDatabase _database;
    private readonly Action<LedgerBatch> _written;
    private readonly WriteQueue<Write> _waiting = new();
    private readonly WriteOptions _synced = new WriteOptions().SetSync(true);
    private readonly WriteOptions _unsynced = new WriteOptions().SetSync(false);
    private readonly Thread _thread;
    private volatile LedgerException? _failed;

    /// <param name="database">Where to write; closed by its owner after this was disposed.</param>
    /// <param name="written">Told of each batch in its order, before its caller is.</param>
    public RocksWriter(RocksDatabase database, Action<LedgerBatch> written)
    {
        (_database, _written) = (database, written);
        _thread = new Thread(Run) { IsBackground = true, Name = "ledger-writer" };
        _thread.Start();
    }

    public async ValueTask WriteAsync(LedgerBatch batch, bool sync) =>
        await EnqueueAsync(new Write(batch, sync));

    /// <summary>Adds what is no batch, in its order among the batches, without a sync.</summary>
    public async ValueTask AddAsync(Action<RocksBatchWriter> add) =>
        await EnqueueAsync(new Write(new LedgerBatch(), Sync: false) { Other = add });

    /// <summary>Writes what waits and ends.</summary>
    public void Dispose()
    {
        _waiting.Complete();
        _thread.Join();
    }

    private Task EnqueueAsync(Write write)
    {
        if (_failed is { } failed)
            throw failed;
        return _waiting.TryAdd(write)
            ? write.Done.Task
            : throw new LedgerException(LedgerError.Unavailable, "The ledger was closed.");
    }

    private void Run()
    {
        using var batch = new RocksBatchWriter(_database);
        var together = new List<Write>();
        while (_waiting.Take(together, MergeMax))
        {
            Commit(batch, together);
            together.Clear();
        }
    }

    private void Commit(RocksBatchWriter batch, List<Write> writes)
    {
        try
        {
            if (_failed is { } failed)
                throw failed;
            foreach (var write in writes)
            {
                batch.Add(write.Batch);
                write.Other?.Invoke(batch);
            }

            batch.Commit(writes.Exists(write => write.Sync) ? _synced : _unsynced);
            writes.ForEach(write => _written(write.Batch));
            writes.ForEach(write => write.Done.SetResult());
        }
        catch (Exception exception)
        {
            // Whatever it was, this opening of the ledger is not to be trusted with another write.
            // Damage that it met is one chain's: told as such, it would stop the chains that the others are for.
            _failed ??= exception is LedgerException { Reason: not LedgerError.Corrupt } told
                ? told
                : new LedgerException(
                    LedgerError.WriteFailed, $"The ledger could not be written: {exception.Message}", exception);
            writes.ForEach(write => write.Done.SetException(_failed));
        }
    }

    private sealed record Write(LedgerBatch Batch, bool Sync)
    {
        /// <summary>What is no batch; null for nothing.</summary>
        public Action<RocksBatchWriter>? Other { get; init; }

        // Whoever awaits it goes on on this thread, at once: mostly the committer, whose next round is then
        // written without a thread being woken.
        public TaskCompletionSource Done { get; } = new();
    }
}
