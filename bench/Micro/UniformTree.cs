using Sequencer.Tlog;

namespace Sequencer.Micro;

/// <summary>
/// A tree of any size whose leaves are all the same, so that a node's hash depends on its level alone.
/// </summary>
internal sealed class UniformTree : INodeReader
{
    private readonly Hash[] _levels = new Hash[InclusionProof.MaxHashes];

    public UniformTree(ReadOnlySpan<byte> entry)
    {
        _levels[0] = MerkleHash.Leaf(entry);
        for (var level = 1; level < _levels.Length; level++)
            _levels[level] = MerkleHash.Node(_levels[level - 1], _levels[level - 1]);
    }

    public Hash Read(NodeId node) => _levels[node.Level];
}
