namespace Sequencer.Core;

/// <summary>
/// Remembers parts of stored tiles that many readers need: a crown of level 0 is in the proofs of 256 entries, a part
/// of level 1 in those of 4,096. Stored tiles never change. Each part has one place, which it loses to the next one of
/// that place; those of neighbouring tiles have neighbouring places, so that the crowns of a log of twelve million
/// entries take no place from each other. At most 50 MiB. Safe for concurrent use.
/// </summary>
internal sealed class TilePartMemory
{
    // A part takes 1 KiB.
    private const int PlacesCount = 48 * 1024;

    private readonly TilePart?[] _places = new TilePart?[PlacesCount];

    /// <summary>The part, or null when it is not remembered.</summary>
    public TilePart? Find(TilePartId id) =>
        Volatile.Read(ref _places[PlaceOf(id)]) is { } part && part.Id == id ? part : null;

    /// <summary>Remembers a part, in place of another one.</summary>
    public void Keep(TilePart part) => Volatile.Write(ref _places[PlaceOf(part.Id)], part);

    private static int PlaceOf(TilePartId id)
    {
        var isCrown = id.Part == TilePart.Crown;
        var first = (uint)HashCode.Combine(id.Chain, id.Level, isCrown);
        var next = isCrown ? id.Tile : id.Tile * TilePart.Crown + (uint)id.Part;
        return (int)((first + next) % PlacesCount);
    }
}
