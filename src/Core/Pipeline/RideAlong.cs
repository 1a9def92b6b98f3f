namespace Sequencer.Core;

/// <summary>
/// Checkpoints and tiles that were published and wait to be written: they ride with the next batch instead
/// of asking for a sync of their own. Losing them costs nothing but work: the entries are durable.
/// </summary>
/// <param name="ledger">Where to.</param>
/// <param name="witnesses">Who is told of new checkpoints, and that they are durable; null for nobody.</param>
internal sealed class RideAlong(ILedger ledger, WitnessCoordinator? witnesses = null)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Chain, CheckpointRecord> _checkpoints = [];
    private readonly List<(Chain Chain, TileRecord Tile)> _tiles = [];
    private readonly List<CheckpointRecord> _earlier = [];
    private readonly HashSet<Chain> _witnessed = [];
    // What was written without a sync that would tell that it is durable; only kept for witnesses.
    private Dictionary<Chain, CheckpointRecord> _unsynced = [];
    // The last write with a sync: what it carries is on stable storage when it ends, and not before.
    private Task _syncing = Task.CompletedTask;

    /// <summary>Adds a chain's newest checkpoint, and the tiles that filled with it.</summary>
    public void Add(Chain chain)
    {
        var record = chain.Latest!.ToRecord(chain.Record!.Number);
        var tiles = chain.Tree!.TakeCompleted();
        lock (_lock)
        {
            // An overtaken checkpoint still tells the time of its size.
            if (_checkpoints.TryGetValue(chain, out var overtaken))
                _earlier.Add(overtaken);
            _checkpoints[chain] = record;
            foreach (var tile in tiles)
                _tiles.Add((chain, tile));
        }

        witnesses?.News(chain);
    }

    /// <summary>Adds a chain's newest witnessed checkpoint.</summary>
    public void AddWitnessed(Chain chain)
    {
        lock (_lock)
            _witnessed.Add(chain);
    }

    /// <summary>Has everything that was added so far on stable storage when it returns.</summary>
    public Task SyncAsync() => WriteAsync(new LedgerBatch(), sync: true, again: true);

    /// <summary>
    /// Writes a batch with everything that waits. What is moved and what is written keep their order, so
    /// that an older checkpoint can never follow a newer one into the ledger.
    /// </summary>
    public Task WriteAsync(LedgerBatch batch, bool sync) => WriteAsync(batch, sync, again: false);

    private Task WriteAsync(LedgerBatch batch, bool sync, bool again)
    {
        lock (_lock)
        {
            Dictionary<Chain, CheckpointRecord> durable = [];
            // Something must be written for a sync to happen: once more what was written without. Where a newer
            // checkpoint of the same chain waits, that one goes instead.
            if (again)
                batch.Checkpoints.AddRange(_unsynced.Where(IsNewest).Select(pair => pair.Value));
            var tiles = MoveInto(batch);
            if (batch.IsEmpty)
                return again ? _syncing : Task.CompletedTask;
            if (sync && _unsynced.Count > 0)
                (durable, _unsynced) = (_unsynced, []);
            var writing = FinishAsync(
                ledger.WriteAsync(batch, sync), sync ? _syncing : Task.CompletedTask, durable, tiles);
            if (sync)
                _syncing = writing;
            return writing;
        }
    }

    private static async Task FinishAsync(
        ValueTask writing, Task before, Dictionary<Chain, CheckpointRecord> durable,
        List<(Chain Chain, TileRecord Tile)> tiles)
    {
        await writing;
        await before;
        foreach (var (chain, checkpoint) in durable)
            chain.Witnessing!.NoteDurable(SignedCheckpoint.Of(checkpoint));
        foreach (var (chain, tile) in tiles)
            chain.Tree!.Written(tile);
    }

    private bool IsNewest(KeyValuePair<Chain, CheckpointRecord> written) => !_checkpoints.ContainsKey(written.Key);

    private List<(Chain Chain, TileRecord Tile)> MoveInto(LedgerBatch batch)
    {
        // A batch that brings its own newer checkpoint of a chain has it last.
        batch.Checkpoints.InsertRange(0, [.. _earlier, .. _checkpoints.Values]);
        batch.Tiles.AddRange(_tiles.Select(pair => pair.Tile));
        foreach (var chain in _witnessed)
            batch.Witnessed.Add(chain.Witnessing!.Witnessed!.ToRecord(chain.Record!.Number));
        foreach (var (chain, checkpoint) in witnesses is null ? [] : _checkpoints)
            _unsynced[chain] = checkpoint;
        List<(Chain, TileRecord)> tiles = [.. _tiles];
        _earlier.Clear();
        _checkpoints.Clear();
        _witnessed.Clear();
        _tiles.Clear();
        return tiles;
    }
}
