namespace Sequencer.Core;

/// <summary>
/// Checkpoints and tiles that were published and wait to be written: they ride with the next batch instead
/// of asking for a sync of their own. Losing them costs nothing but work: the entries are durable.
/// </summary>
internal sealed class RideAlong(ILedger ledger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Chain, CheckpointRecord> _checkpoints = [];
    private readonly List<(Chain Chain, TileRecord Tile)> _tiles = [];
    private readonly List<CheckpointRecord> _earlier = [];

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
    }

    /// <summary>
    /// Writes a batch with everything that waits. What is moved and what is written keep their order, so
    /// that an older checkpoint can never follow a newer one into the ledger.
    /// </summary>
    public async Task WriteAsync(LedgerBatch batch, bool sync)
    {
        List<(Chain Chain, TileRecord Tile)> tiles;
        ValueTask writing;
        lock (_lock)
        {
            tiles = MoveInto(batch);
            if (batch.IsEmpty)
                return;
            writing = ledger.WriteAsync(batch, sync);
        }

        await writing;
        foreach (var (chain, tile) in tiles)
            chain.Tree!.Written(tile);
    }

    private List<(Chain Chain, TileRecord Tile)> MoveInto(LedgerBatch batch)
    {
        // A batch that brings its own newer checkpoint of a chain has it last.
        batch.Checkpoints.InsertRange(0, [.. _earlier, .. _checkpoints.Values]);
        batch.Tiles.AddRange(_tiles.Select(pair => pair.Tile));
        List<(Chain, TileRecord)> tiles = [.. _tiles];
        _earlier.Clear();
        _checkpoints.Clear();
        _tiles.Clear();
        return tiles;
    }
}
