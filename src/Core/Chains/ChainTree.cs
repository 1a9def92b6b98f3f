using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// The tree of one chain: partial tiles in memory, full ones in the ledger (or still on their way there).
/// Of every perfect node either itself is kept or the 16 hashes that it is made of, so that a proof hashes little but
/// the right edge.
/// Appending is for one thread at a time; reading is safe beside it.
/// </summary>
internal sealed class ChainTree : INodeReader
{
    private readonly Lock _lock = new();
    private readonly ILedger _ledger;
    private readonly ChainNumber _chain;
    private readonly PartialTile?[] _partial = new PartialTile?[Tile.MaxLevel + 1];
    private readonly Dictionary<(int Level, ulong Index), byte[]> _unwritten = [];
    private readonly List<TileRecord> _completed = [];
    private ulong _size;
    private volatile RaggedEdge? _edge;

    private ChainTree(ILedger ledger, ChainNumber chain, ulong size)
    {
        _ledger = ledger;
        _chain = chain;
        _size = size;
    }

    /// <summary>Number of leaves.</summary>
    public ulong Size
    {
        get
        {
            lock (_lock)
                return _size;
        }
    }

    /// <summary>
    /// Loads the tree of a checkpoint's size: hashes at most 255 entries and reads at most 255 tiles for
    /// each level, whatever the size.
    /// </summary>
    public static ChainTree Load(ILedger ledger, ChainNumber chain, ulong size)
    {
        var tree = new ChainTree(ledger, chain, size);
        for (var level = 0; size >> (Tile.Height * level) != 0 && level <= Tile.MaxLevel; level++)
        {
            var count = size >> (Tile.Height * level);
            var width = (int)(count % Tile.Width);
            if (width == 0)
                continue;
            var first = count - (ulong)width;
            var hashes = level == 0
                ? ReadLeaves(ledger, chain, first, width)
                : ReadTops(ledger, chain, level - 1, first, width);
            tree._partial[level] = PartialTile.Restore(first / Tile.Width, hashes);
        }

        return tree;
    }

    /// <summary>Appends leaves; tiles that fill wait for <see cref="TakeCompleted"/>.</summary>
    /// <param name="leaves">The leaf hashes.</param>
    /// <param name="nodes">The interior nodes that become perfect, in the order of
    /// <see cref="CompactRange.Append"/>; empty to have them computed here.</param>
    public void Append(ReadOnlySpan<Hash> leaves, ReadOnlySpan<Hash> nodes)
    {
        lock (_lock)
        {
            foreach (ref readonly var leaf in leaves)
                AppendOne(leaf, ref nodes);
        }
    }

    /// <summary>Takes the tiles to be written; they are read from memory until <see cref="Written"/> says that
    /// they were.</summary>
    public List<TileRecord> TakeCompleted()
    {
        lock (_lock)
        {
            List<TileRecord> completed = [.. _completed];
            _completed.Clear();
            return completed;
        }
    }

    /// <summary>Tells that tiles can be read from the ledger from now on.</summary>
    public void Written(TileRecord tile)
    {
        lock (_lock)
            _unwritten.Remove((tile.Level, tile.Index));
    }

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    public Hash Root(ulong size) => EdgeOf(size).Root;

    /// <summary>The compact range of the first <paramref name="size"/> leaves, largest subtree first.</summary>
    public Hash[] CompactRange(ulong size) => [.. TreeRoot.CompactRangeNodes(size).Select(OpenReader().Read)];

    /// <summary>The inclusion proof of an entry in the tree of <paramref name="size"/> leaves.</summary>
    public Hash[] Prove(ulong index, ulong size)
    {
        var nodes = OpenReader();
        return _edge is { } edge && edge.Size == size
            ? InclusionProof.Build(index, nodes, edge)
            : InclusionProof.Build(index, size, nodes);
    }

    /// <summary>
    /// Reads nodes that lie near each other, such as a leaf and its proof, with one look at each stored part of a
    /// tile. For one caller at a time.
    /// </summary>
    public ChainTreeReader OpenReader() => new(this);

    /// <summary>The right edge of the tree of <paramref name="size"/> leaves; the last one is remembered.</summary>
    public RaggedEdge EdgeOf(ulong size)
    {
        if (_edge is { } edge && edge.Size == size)
            return edge;
        return _edge = RaggedEdge.Of(size, OpenReader());
    }

    /// <summary>The proof that the tree of <paramref name="newSize"/> leaves extends that of
    /// <paramref name="oldSize"/>.</summary>
    public Hash[] ProveConsistency(ulong oldSize, ulong newSize) =>
        ConsistencyProof.Build(oldSize, newSize, OpenReader());

    public Hash Read(NodeId node) => OpenReader().Read(node);

    /// <summary>A node of a tile that is in memory: not full yet, or not yet written.</summary>
    internal bool TryReadMemory(NodePlace place, out Hash hash)
    {
        lock (_lock)
        {
            if (_partial[place.Level] is { } partial && partial.Index == place.Tile)
            {
                hash = partial.Read(place.Row, place.Position);
                return true;
            }

            var isUnwritten = _unwritten.TryGetValue((place.Level, place.Tile), out var unwritten);
            hash = isUnwritten ? TileNodes.Read(unwritten, place.Row, place.Position) : default;
            return isUnwritten;
        }
    }

    /// <summary>Which part of a tile has a node.</summary>
    internal TilePartId PartOf(NodePlace place) => TilePartId.Of(_chain, place);

    /// <summary>A part of a stored tile.</summary>
    internal TilePart ReadStored(TilePartId id) => ReadStored(_ledger, id);

    /// <summary>The hashes of a tile as tlog-tiles serves it; null when it does not exist at this size.</summary>
    public byte[]? ReadTile(TileId tile)
    {
        lock (_lock)
        {
            if (!tile.ExistsAt(_size))
                return null;
            if (_partial[tile.Level] is { } partial && partial.Index == tile.Index)
                return partial.Hashes(tile.Width);
            if (_unwritten.TryGetValue((tile.Level, tile.Index), out var unwritten))
                return unwritten[..(tile.Width * Hash.SizeBytes)];
        }

        return _ledger.ReadTile(_chain, tile.Level, tile.Index) is { } hashes
            ? hashes.Length == tile.Width * Hash.SizeBytes ? hashes : hashes[..(tile.Width * Hash.SizeBytes)]
            : throw Missing(tile.Level, tile.Index);
    }

    private static Hash[] ReadLeaves(ILedger ledger, ChainNumber chain, ulong first, int count)
    {
        var hashes = ledger.ReadEntries(chain, first, (ulong)count)
            .Select(entry => MerkleHash.Leaf(entry.Span)).ToArray();
        return hashes.Length == count
            ? hashes
            : throw new LedgerException(LedgerError.Corrupt,
                $"Entries {first} to {first + (ulong)count - 1} are covered by a checkpoint, "
                + $"but only {hashes.Length} of them are in the ledger.");
    }

    private static Hash[] ReadTops(ILedger ledger, ChainNumber chain, int level, ulong first, int count)
    {
        var hashes = new Hash[count];
        for (var i = 0; i < count; i++)
            hashes[i] = ReadStored(ledger, new TilePartId(chain, level, first + (ulong)i, TilePart.Crown)).Root;
        return hashes;
    }

    private void AppendOne(in Hash leaf, ref ReadOnlySpan<Hash> nodes)
    {
        var node = leaf;
        var place = _size;
        Add(new NodeId(0, place), node);
        for (var level = 1; (place & 1) != 0; level++)
        {
            if (nodes.IsEmpty)
            {
                node = MerkleHash.Node(Read(new NodeId(level - 1, place - 1)), node);
            }
            else
            {
                node = nodes[0];
                nodes = nodes[1..];
            }

            place >>= 1;
            Add(new NodeId(level, place), node);
        }

        _size++;
    }

    private void Add(NodeId node, in Hash hash)
    {
        var place = NodePlace.Of(node);
        // The first row of a tile is made of the tops of the tiles below: the one below is full now.
        if (place.Row == 0 && place.Level > 0)
            Complete(place.Level - 1, node.Index);
        (_partial[place.Level] ??= new PartialTile(place.Tile)).Add(place.Row, hash);
    }

    private void Complete(int level, ulong index)
    {
        var nodes = _partial[level]!.Pack();
        _partial[level] = null;
        _unwritten[(level, index)] = nodes;
        _completed.Add(new TileRecord(_chain, level, index, nodes));
    }

    private static TilePart ReadStored(ILedger ledger, TilePartId id) =>
        ledger.ReadTilePart(id) ?? throw Missing(id.Level, id.Tile);

    private static LedgerException Missing(int level, ulong index) => new(LedgerError.Corrupt,
        $"Tile {index} of level {level} is covered by a checkpoint but missing from the ledger.");
}
