using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Reads a chain's tree and remembers the last part and the last crown of a stored tile: a proof takes up to four
/// nodes from each. Used by one caller at a time.
/// </summary>
internal sealed class ChainTreeReader(ChainTree tree) : INodeReader
{
    private TilePart? _part;
    private TilePart? _crown;

    /// <summary>
    /// Whether an entry of the ledger is the one that the tree has. What is stored beside the entry is held against
    /// the tree as well, and then read in place of the tile.
    /// </summary>
    /// <exception cref="LedgerException">When a tile is missing or damaged.</exception>
    public bool Has(ulong index, StoredEntry entry)
    {
        if (entry.Part is { } part && tree.Size > EntryChunk.UsualLast(index))
        {
            if (part.Root != Read(new NodeId(TilePart.Height, index / TilePart.Width)))
                return false;
            _part = part;
        }

        return MerkleHash.Leaf(entry.Data) == Read(new NodeId(0, index));
    }

    public Hash Read(NodeId node)
    {
        var place = NodePlace.Of(node);
        var id = tree.PartOf(place);
        ref var last = ref id.Part == TilePart.Crown ? ref _crown : ref _part;
        if (last?.Id != id)
        {
            if (tree.TryReadMemory(place, out var hash))
                return hash;
            last = tree.ReadStored(id);
        }

        return last.Read(place.Row, place.Position);
    }
}
