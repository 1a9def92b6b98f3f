namespace Sequencer.Tlog;

/// <summary>
/// Reads hashes of perfect subtrees. The proof builders ask only for nodes that are complete at the size
/// they were given; a reader that lacks one throws.
/// </summary>
public interface INodeReader
{
    /// <summary>The hash of the perfect subtree <paramref name="node"/>.</summary>
    Hash Read(NodeId node);
}
