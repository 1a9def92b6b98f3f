namespace Sequencer.Tlog;

/// <summary>
/// Names a perfect subtree: level 0 is a leaf, and node <c>(level, index)</c> covers the leaves
/// <c>[index·2^level, (index+1)·2^level)</c>. Once all of those leaves exist its hash never changes.
/// </summary>
/// <param name="Level">Height above the leaves, 0 to 63.</param>
/// <param name="Index">Zero-based place among the nodes of that level.</param>
public readonly record struct NodeId(int Level, ulong Index);

/// <summary>
/// Reads hashes of perfect subtrees. The proof builders ask only for nodes that are complete at the size
/// they were given; a reader that lacks one throws.
/// </summary>
public interface INodeReader
{
    /// <summary>The hash of the perfect subtree <paramref name="node"/>.</summary>
    Hash Read(NodeId node);
}
