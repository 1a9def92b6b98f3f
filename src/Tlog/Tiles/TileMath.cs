namespace Sequencer.Tlog;

/// <summary>Which tiles a tree of a given size has (C2SP tlog-tiles).</summary>
public static class TileMath
{
    /// <summary>Number of full tiles of a level.</summary>
    public static ulong FullTiles(ulong size, int level) => HashesAt(size, level) / Tile.Width;

    /// <summary>Width of a level's partial tile, 1 to 255; 0 when there is none.</summary>
    public static int PartialWidth(ulong size, int level) => (int)(HashesAt(size, level) % Tile.Width);

    /// <summary>All levels that have a hash, lowest first; none for size 0.</summary>
    public static IReadOnlyList<TileLevel> Levels(ulong size)
    {
        var levels = new List<TileLevel>();
        for (var level = 0; HashesAt(size, level) != 0; level++)
            levels.Add(new TileLevel(level, FullTiles(size, level), PartialWidth(size, level)));
        return levels;
    }

    /// <summary>Number of hashes on a tile level: perfect subtrees of 256^level leaves.</summary>
    private static ulong HashesAt(ulong size, int level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        return level > Tile.MaxLevel ? 0 : size >> (Tile.Height * level);
    }
}
