using Sequencer.Hashing;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Compares the tiles above the leaves with what is recomputed from below, level by level, as the hashes come
/// in. Holds at most 256 hashes a level. A hash that could not be recomputed is unknown (null), as is all
/// above it. Owned by the audit's one flow.
/// </summary>
internal sealed class UpperTiles(LogReader log, AuditFindings findings)
{
    private readonly Level[] _levels = [.. Enumerable.Range(0, Tile.MaxLevel + 1).Select(_ => new Level())];

    /// <summary>Tiles read and compared.</summary>
    public ulong Compared { get; private set; }

    /// <summary>Takes the root of the next full tile of leaf hashes.</summary>
    public Task AddAsync(Hash? root, CancellationToken cancellation) => AddAsync(1, root, cancellation);

    /// <summary>Compares the partial tiles that are left at the end.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        for (var level = 1; level <= Tile.MaxLevel; level++)
        {
            if (_levels[level].Hashes.Count > 0)
                await CompareAsync(level, cancellation).ConfigureAwait(false);
        }
    }

    private async Task AddAsync(int level, Hash? hash, CancellationToken cancellation)
    {
        var state = _levels[level];
        state.Hashes.Add(hash);
        if (state.Hashes.Count < Tile.Width)
            return;
        await CompareAsync(level, cancellation).ConfigureAwait(false);
        Hash? above = state.Hashes.TrueForAll(below => below is not null)
            ? MerkleLanes.FoldFull([.. state.Hashes.Select(below => below!.Value)])
            : null;
        state.FullTiles++;
        state.Hashes.Clear();
        if (level < Tile.MaxLevel)
            await AddAsync(level + 1, above, cancellation).ConfigureAwait(false);
    }

    private async Task CompareAsync(int level, CancellationToken cancellation)
    {
        var state = _levels[level];
        var tile = new TileId(level, state.FullTiles, state.Hashes.Count);
        var (served, damaged) = await Damage
            .FindAsync(log.FindTileAsync(tile, cancellation), AuditRule.Tiles, tile.ToPath())
            .ConfigureAwait(false);
        Compared++;
        if (damaged is not null)
            findings.Add(damaged);
        if (served is null)
            return;
        for (var i = 0; i < served.Length; i++)
        {
            if (state.Hashes[i] is { } recomputed && recomputed != served[i])
            {
                var below = new TileId(level - 1, tile.Index * Tile.Width + (ulong)i, Tile.Width);
                findings.Add(AuditRule.Tiles, tile.ToPath(),
                    $"Hash {i} is {served[i]}, but {below.ToPath()} has the root {recomputed}: one of the "
                        + "two tiles was changed.");
            }
        }
    }

    private sealed class Level
    {
        public ulong FullTiles { get; set; }

        public List<Hash?> Hashes { get; } = new(Tile.Width);
    }
}
