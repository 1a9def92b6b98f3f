using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>Where a node is kept: in which tile of which level, and where in that tile.</summary>
/// <param name="Level">The tile's level, 0 to 7.</param>
/// <param name="Tile">The tile's place within its level.</param>
/// <param name="Row">Height above the tile's own hashes, 0 to 7.</param>
/// <param name="Position">Place within the row.</param>
internal readonly record struct NodePlace(int Level, ulong Tile, int Row, int Position)
{
    public static NodePlace Of(NodeId node)
    {
        var row = node.Level % Tlog.Tile.Height;
        var shift = Tlog.Tile.Height - row;
        return new NodePlace(
            node.Level / Tlog.Tile.Height, node.Index >> shift, row, (int)(node.Index & ((1UL << shift) - 1)));
    }
}
