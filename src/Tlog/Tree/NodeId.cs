namespace Sequencer.Tlog;

/// <summary>
/// Names a perfect subtree: level 0 is a leaf, and node <c>(level, index)</c> covers the leaves
/// <c>[index·2^level, (index+1)·2^level)</c>. Once all of those leaves exist its hash never changes.
/// </summary>
/// <param name="Level">Height above the leaves, 0 to 63.</param>
/// <param name="Index">Zero-based place among the nodes of that level.</param>
public readonly record struct NodeId(int Level, ulong Index);
