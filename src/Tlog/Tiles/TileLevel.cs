namespace Sequencer.Tlog;

/// <summary>The tiles of one level at one size.</summary>
/// <param name="Level">Tile level.</param>
/// <param name="FullTiles">Number of full tiles; they have the indices below it.</param>
/// <param name="PartialWidth">Width of the partial tile behind them; 0 when there is none.</param>
public readonly record struct TileLevel(int Level, ulong FullTiles, int PartialWidth);
