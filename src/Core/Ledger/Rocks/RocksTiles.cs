namespace Sequencer.Core;

/// <summary>Reads full tiles, which are stored in parts (see <see cref="TilePart"/>).</summary>
internal sealed class RocksTiles(RocksDatabase database)
{
    private readonly TileMemory _upper = new();

    /// <summary>One part, with its interior nodes; null when there is no such tile.</summary>
    public byte[]? ReadPart(TilePartId id) => id.Level == 0 ? Load(id) : _upper.Get(id, Load);

    /// <summary>The tile's own hashes, which are those that its parts begin with; null when there is none.</summary>
    public byte[]? ReadHashes(ChainNumber chain, int level, ulong index)
    {
        var hashes = new byte[TileNodes.HashesBytes];
        for (var part = 0; part < TilePart.Count; part++)
        {
            if (ReadPart(new TilePartId(chain, level, index, part)) is not { } nodes)
                return null;
            nodes.AsSpan(0, TilePart.HashesBytes).CopyTo(hashes.AsSpan(part * TilePart.HashesBytes));
        }

        return hashes;
    }

    private byte[]? Load(TilePartId id)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        return database.GetTilePart(RocksKeys.TilePart(id, key)) switch
        {
            null => null,
            { Length: TilePart.SizeBytes } part => part,
            { Length: var length } => throw new LedgerException(LedgerError.Corrupt,
                $"Part {id.Part} of tile {id.Index} of level {id.Level} has {length} bytes in the ledger."),
        };
    }
}
