namespace Sequencer.Tlog;

/// <summary>
/// Names an entry bundle: the entries <c>[Index·256, Index·256 + Width)</c> (C2SP tlog-tiles).
/// </summary>
/// <param name="Index">Zero-based place among the bundles.</param>
/// <param name="Width">Number of entries: 256 for a full bundle, 1 to 255 for a partial one.</param>
public readonly record struct EntryBundlePath(ulong Index, int Width)
{
    private const string Prefix = "tile/entries/";

    /// <summary>The path below the log's prefix: <c>tile/entries/&lt;N&gt;[.p/&lt;W&gt;]</c>.</summary>
    public string ToPath() => TilePath.Format(Prefix, Index, Width);

    /// <summary>
    /// Reads a path in its one canonical spelling; false also for a bundle that cannot exist.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> path, out EntryBundlePath bundle)
    {
        bundle = default;
        if (!path.StartsWith(Prefix)
            || !TilePath.TryParse(path[Prefix.Length..], out var index, out var width))
        {
            return false;
        }

        var parsed = new EntryBundlePath(index, width);
        if (!parsed.ExistsAt(CompactRange.MaxSize) || !path.SequenceEqual(parsed.ToPath()))
            return false;
        bundle = parsed;
        return true;
    }

    /// <summary>
    /// Whether a log of <paramref name="size"/> entries has all the entries of this bundle.
    /// </summary>
    public bool ExistsAt(ulong size) => new TileId(0, Index, Width).ExistsAt(size);
}
