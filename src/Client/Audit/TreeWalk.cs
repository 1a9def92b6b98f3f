using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Reads a log's tiles from the first to the last and recomputes its tree. A bounded number of tiles is read
/// and hashed at a time; they are taken over in order, so that the state is one compact range and a few
/// hashes a level. It ends early where so many tiles in a row cannot be had that the size is not to be believed.
/// </summary>
/// <param name="log">Where the tiles come from.</param>
/// <param name="size">The checkpoint's size.</param>
/// <param name="rootsWanted">Sizes, at most <paramref name="size"/>, whose roots are wanted besides.</param>
/// <param name="options">Whether entries are hashed, and how much is done at a time.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class TreeWalk(
    LogReader log, ulong size, IEnumerable<ulong> rootsWanted, LogAuditOptions options,
    AuditFindings findings)
{
    /// <summary>
    /// Tiles in a row that cannot be had, after which the walk ends: fewer than findings are kept.
    /// </summary>
    private const int MissingInARowMax = 64;

    private readonly Queue<ulong> _rootsWanted = new(rootsWanted.Append(size).Distinct().Order());
    private readonly Dictionary<ulong, Hash> _roots = [];
    private readonly UpperTiles _upper = new(log, findings);

    /// <summary>The tree whose leaves are the roots of the full tiles so far.</summary>
    private readonly CompactRange _tiles = new();

    private bool _leavesMissing;

    /// <summary>Tiles without leaves since the last one that had any.</summary>
    private int _missingInARow;

    /// <summary>Tiles read in all.</summary>
    public ulong TilesRead { get; private set; }

    /// <summary>The root at a wanted size; null when missing tiles left it unknown.</summary>
    public Hash? RootAt(ulong wanted) => _roots.TryGetValue(wanted, out var root) ? root : null;

    /// <exception cref="SequencerClientException">
    /// When the gateway refused or could not be reached.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        TakeRoots(0, []);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ahead = new Queue<Task<TileReading>>();
        try
        {
            if (!await TryRunAsync(ahead, abort.Token).ConfigureAwait(false))
                return;
        }
        finally
        {
            // A failure ends the walk: what is still being read is given up, and waited for.
            await abort.CancelAsync().ConfigureAwait(false);
            Task rest = Task.WhenAll(ahead);
            await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _upper.CompleteAsync(cancellation).ConfigureAwait(false);
        TilesRead += _upper.Compared;
    }

    /// <summary>Whether it came to the end.</summary>
    private async Task<bool> TryRunAsync(Queue<Task<TileReading>> ahead, CancellationToken cancellation)
    {
        var count = (size + Tile.Width - 1) / Tile.Width;
        for (ulong next = 0, index = 0; index < count; index++)
        {
            for (; next < count && ahead.Count < options.TilesAtOnceMax; next++)
                ahead.Enqueue(StartReading(next, cancellation));
            var reading = await ahead.Dequeue().ConfigureAwait(false);
            await TakeAsync(index, reading, cancellation).ConfigureAwait(false);
            _missingInARow = reading.Leaves is null ? _missingInARow + 1 : 0;
            if (_missingInARow < MissingInARowMax || index + 1 == count)
                continue;
            findings.Add(AuditRule.Tiles, new TileId(0, index, reading.Width).ToPath(),
                $"It is the last of {_missingInARow} in a row that cannot be had: what follows was not read.");
            return false;
        }

        return true;
    }

    private Task<TileReading> StartReading(ulong index, CancellationToken cancellation)
    {
        var width = (int)Math.Min(Tile.Width, size - index * Tile.Width);
        return Task.Run(
            () => TileReading.ReadAsync(log, index, width, options.RehashEntries, cancellation),
            cancellation);
    }

    private async Task TakeAsync(ulong index, TileReading reading, CancellationToken cancellation)
    {
        TilesRead++;
        foreach (var finding in reading.Findings)
            findings.Add(finding);
        _leavesMissing |= reading.Leaves is null;
        TakeRoots(index, reading.Leaves);
        if (reading.Width == Tile.Width)
        {
            if (!_leavesMissing)
                _tiles.Append(reading.Root!.Value);
            await _upper.AddAsync(reading.Root, cancellation).ConfigureAwait(false);
        }

        options.Progress?.Report(new(index * Tile.Width + (ulong)reading.Width, size));
    }

    /// <summary>Computes the wanted roots of sizes that end within a tile.</summary>
    private void TakeRoots(ulong index, Hash[]? leaves)
    {
        var start = index * Tile.Width;
        while (_rootsWanted.TryPeek(out var wanted)
            && wanted <= start + (ulong)(leaves?.Length ?? Tile.Width))
        {
            _rootsWanted.Dequeue();
            if (_leavesMissing)
                continue;
            var range = Extend(_tiles, leaves.AsSpan(0, (int)(wanted - start)));
            _roots.Add(wanted, range.Root());
        }
    }

    /// <summary>The range over all leaves of full tiles and the leaves that follow them.</summary>
    private static CompactRange Extend(CompactRange tiles, ReadOnlySpan<Hash> leaves)
    {
        // The perfect subtrees over tiles are, eight levels further down, those over their leaves.
        var range = CompactRange.TryCreate(tiles.Size * Tile.Width, tiles.Hashes)!;
        foreach (ref readonly var leaf in leaves)
            range.Append(leaf);
        return range;
    }
}
