using System.Globalization;

namespace Sequencer.Tlog;

/// <summary>
/// Names a tile: the hashes <c>[Index·256, Index·256 + Width)</c> of tree level 8·Level (C2SP tlog-tiles).
/// </summary>
/// <param name="Level">Tile level, 0 to 7: higher ones cannot exist.</param>
/// <param name="Index">Zero-based place among the tiles of that level.</param>
/// <param name="Width">Number of hashes: 256 for a full tile, 1 to 255 for a partial one.</param>
public readonly record struct TileId(int Level, ulong Index, int Width)
{
    private const string Prefix = "tile/";

    /// <summary>The path below the log's prefix: <c>tile/&lt;L&gt;/&lt;N&gt;[.p/&lt;W&gt;]</c>.</summary>
    public string ToPath() =>
        TilePath.Format(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Level}/"), Index, Width);

    /// <summary>
    /// Reads a path in its one canonical spelling; false also for a tile that cannot exist.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> path, out TileId tile)
    {
        tile = default;
        if (!path.StartsWith(Prefix))
            return false;
        var rest = path[Prefix.Length..];
        var slash = rest.IndexOf('/');
        if (slash < 0
            || !StrictText.TryDecimal(rest[..slash], Tile.MaxLevel, out var level)
            || !TilePath.TryParse(rest[(slash + 1)..], out var index, out var width))
        {
            return false;
        }

        var parsed = new TileId((int)level, index, width);
        if (!parsed.ExistsAt(CompactRange.MaxSize) || !path.SequenceEqual(parsed.ToPath()))
            return false;
        tile = parsed;
        return true;
    }

    /// <summary>Whether a tree of <paramref name="size"/> leaves has all the hashes of this tile.</summary>
    public bool ExistsAt(ulong size)
    {
        if (Level is < 0 or > Tile.MaxLevel || Width is < 1 or > Tile.Width)
            return false;
        var hashes = size >> (Tile.Height * Level);
        return Index < hashes / Tile.Width
            || (Index == hashes / Tile.Width && (ulong)Width <= hashes % Tile.Width);
    }
}
