namespace Sequencer.Core;

/// <summary>
/// Reads full tiles: their hashes, and the parts that proofs go through (see <see cref="TilePart"/>).
/// </summary>
internal sealed class RocksTiles(RocksDatabase database)
{
    private readonly TilePartMemory _memory = new();

    /// <summary>One part; null when there is no such tile.</summary>
    public TilePart? ReadPart(TilePartId id)
    {
        // A part of level 0 that is asked for once is not soon asked for again.
        var isKept = id.Level > 0 || id.Part == TilePart.Crown;
        if (isKept && _memory.Find(id) is { } held)
            return held;
        var part = Load(id);
        if (isKept && part is not null)
            _memory.Keep(part);
        return part;
    }

    /// <summary>The tile's own hashes; null when there is none.</summary>
    public byte[]? ReadHashes(ChainNumber chain, int level, ulong index)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        using var tile = database.FindTile(RocksKeys.Tile(chain, level, index, key));
        if (!tile.IsThere)
            return null;
        RequireLength(tile, TileNodes.HashesBytes, level, index);
        return tile.Bytes.ToArray();
    }

    private TilePart? Load(TilePartId id)
    {
        Span<byte> buffer = stackalloc byte[RocksKeys.BytesMax];
        var key = RocksKeys.Tile(id.Chain, id.Level, id.Tile, buffer);
        var isCrown = id.Part == TilePart.Crown;
        using var found = isCrown ? database.FindCrown(key) : database.FindTile(key);
        if (!found.IsThere)
            return null;
        RequireLength(found, isCrown ? TilePart.HashesBytes : TileNodes.HashesBytes, id.Level, id.Tile);
        var first = isCrown ? 0 : id.Part * TilePart.HashesBytes;
        return new TilePart(id, found.Bytes.Slice(first, TilePart.HashesBytes));
    }

    private static void RequireLength(RocksValue hashes, int bytes, int level, ulong index)
    {
        if (hashes.Bytes.Length != bytes)
        {
            throw new LedgerException(LedgerError.Corrupt,
                $"A record of tile {index} of level {level} has {hashes.Bytes.Length} bytes in the ledger, "
                + $"not {bytes}.");
        }
    }
}
