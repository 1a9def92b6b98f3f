namespace Sequencer.Tlog;

/// <summary>Dimensions of tiles (C2SP tlog-tiles).</summary>
public static class Tile
{
    /// <summary>Hashes in a full tile, and entries in a full bundle.</summary>
    public const int Width = 256;

    /// <summary>Tree levels that one level of tiles spans: 2^8 = 256.</summary>
    public const int Height = 8;

    /// <summary>Length of a full tile, in bytes.</summary>
    public const int SizeBytes = Width * Hash.SizeBytes;

    /// <summary>Highest tile level a tree of at most 2^63-1 leaves can have a hash on.</summary>
    public const int MaxLevel = 7;
}
