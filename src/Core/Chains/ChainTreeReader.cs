using System.Buffers;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Reads a chain's tree and remembers the last part of a stored tile: a proof takes up to eight nodes from each. The
/// part is in a buffer of the shared pool; a reader that is not disposed of is left to the collector.
/// </summary>
internal sealed class ChainTreeReader(ChainTree tree) : INodeReader, IDisposable
{
    private byte[]? _nodes;
    private (int Level, ulong Tile, int Part) _of;

    public Hash Read(NodeId node)
    {
        var place = NodePlace.Of(node);
        if (_nodes is not null && Has(place))
            return TilePart.Read(_nodes.AsSpan(0, TilePart.SizeBytes), place.Row, place.Position);
        if (tree.TryReadMemory(place, out var hash))
            return hash;
        var nodes = (_nodes ??= ArrayPool<byte>.Shared.Rent(TilePart.SizeBytes)).AsSpan(0, TilePart.SizeBytes);
        // Not this part until it has been read whole.
        _of = (-1, 0, 0);
        tree.ReadStored(place, nodes);
        _of = (place.Level, place.Tile, TilePart.Of(place.Row, place.Position));
        return TilePart.Read(nodes, place.Row, place.Position);
    }

    /// <summary>Gives the buffer back; reading on takes another.</summary>
    public void Dispose()
    {
        if (_nodes is { } nodes)
            ArrayPool<byte>.Shared.Return(nodes);
        _nodes = null;
    }

    private bool Has(NodePlace place) =>
        _of.Level == place.Level && _of.Tile == place.Tile
        && TilePart.Has(_of.Part, place.Row, place.Position);
}
