using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Reads the entries from an index on, hashes them, and continues the tree before them to the checkpoint's
/// root. A bounded number of tiles is read at a time.
/// </summary>
internal sealed class EntryRehash(LogReader log, Checkpoint checkpoint, TileCache tiles, int tilesAtOnceMax)
{
    /// <summary>What is wrong; nothing when the entries give the root.</summary>
    /// <param name="from">The first entry that is in question; its tile is read whole.</param>
    /// <exception cref="TilesUnreadableException">When a tile is missing or malformed.</exception>
    /// <exception cref="SequencerClientException">
    /// When the gateway refused or could not be reached.
    /// </exception>
    public async Task<AuditFindings> RunAsync(ulong from, CancellationToken cancellation)
    {
        var findings = new AuditFindings();
        var first = from / Tile.Width;
        var before = first * Tile.Width;
        var hashes = await tiles.ReadAsync(
            nodes => TreeRoot.CompactRangeNodes(before).Select(nodes.Read).ToArray(), cancellation)
            .ConfigureAwait(false);
        var range = CompactRange.TryCreate(before, hashes)!;
        var count = (checkpoint.Size + Tile.Width - 1) / Tile.Width;
        for (var next = first; next < count && findings.Count == 0;)
        {
            var some = (int)Math.Min((ulong)tilesAtOnceMax, count - next);
            var readings = await Task.WhenAll(Enumerable.Range(0, some)
                .Select(offset => ReadAsync(next + (ulong)offset, cancellation))).ConfigureAwait(false);
            foreach (var reading in readings)
                Take(reading, range, findings);
            next += (ulong)some;
        }

        if (findings.Count == 0 && range.Root() != checkpoint.Root)
        {
            findings.Add(AuditRule.Root, "entries",
                $"They give the root {range.Root()} at size {checkpoint.Size}, not {checkpoint.Root}.");
        }

        return findings;
    }

    private Task<TileReading> ReadAsync(ulong index, CancellationToken cancellation)
    {
        var width = (int)Math.Min(Tile.Width, checkpoint.Size - index * Tile.Width);
        return TileReading.ReadAsync(log, index, width, rehashEntries: true, cancellation);
    }

    private static void Take(TileReading reading, CompactRange range, AuditFindings findings)
    {
        foreach (var finding in reading.Findings)
            findings.Add(finding);
        foreach (ref readonly var leaf in reading.Leaves.AsSpan())
            range.Append(leaf);
    }
}
