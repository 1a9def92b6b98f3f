namespace Sequencer.Core;

/// <summary>Reads full tiles, which are stored in parts (see <see cref="TilePart"/>).</summary>
internal sealed class RocksTiles(RocksDatabase database)
{
    private readonly TileMemory _upper = new();

    /// <summary>Copies one part, with its interior nodes; false when there is no such tile.</summary>
    public bool TryReadPart(TilePartId id, Span<byte> nodes)
    {
        if (id.Level > 0)
        {
            var part = _upper.Get(id, Load);
            part?.CopyTo(nodes);
            return part is not null;
        }

        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        using var found = database.FindTilePart(RocksKeys.TilePart(id, key));
        return TryCopy(id, found, nodes);
    }

    /// <summary>The tile's own hashes, which are those that its parts begin with; null when there is none.</summary>
    public byte[]? ReadHashes(ChainNumber chain, int level, ulong index)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        var hashes = new byte[TileNodes.HashesBytes];
        for (var part = 0; part < TilePart.Count; part++)
        {
            var id = new TilePartId(chain, level, index, part);
            using var found = database.FindTilePart(RocksKeys.TilePart(id, key));
            if (!TryCopy(id, found, hashes.AsSpan(part * TilePart.HashesBytes, TilePart.HashesBytes)))
                return null;
        }

        return hashes;
    }

    private byte[]? Load(TilePartId id)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        using var found = database.FindTilePart(RocksKeys.TilePart(id, key));
        var part = new byte[TilePart.SizeBytes];
        return TryCopy(id, found, part) ? part : null;
    }

    /// <summary>Copies as much of a part as there is room for; false when there is none.</summary>
    private static bool TryCopy(TilePartId id, RocksValue found, Span<byte> nodes)
    {
        if (!found.IsThere)
            return false;
        var part = found.Bytes;
        if (part.Length != TilePart.SizeBytes)
        {
            throw new LedgerException(LedgerError.Corrupt,
                $"Part {id.Part} of tile {id.Index} of level {id.Level} has {part.Length} bytes in the ledger.");
        }

        part[..nodes.Length].CopyTo(nodes);
        return true;
    }
}
