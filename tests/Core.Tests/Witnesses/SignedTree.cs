using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>Chains without an enclave: a tree, and its checkpoints as the log alone signs them.</summary>
internal static class SignedTree
{
    public static Chain MakeChain(string name, int size, TlogPolicy policy)
    {
        var id = CoreFixture.Chain(name);
        var origin = Origin.For(EnclaveFixture.LogPrefix, id);
        var tree = ChainTree.Load(new MemoryLedger(), new ChainNumber(1), 0);
        tree.Append(Enumerable.Range(0, size).Select(i => MerkleHash.Leaf([(byte)i])).ToArray(), nodes: default);
        return new Chain(id, origin, new ChainLimits(), TimeProvider.System)
        {
            Witnessing = new ChainWitnessing(origin, policy),
            Tree = tree,
        };
    }

    public static SignedCheckpoint CheckpointOf(Chain chain, ulong size)
    {
        var root = chain.Tree!.Root(size);
        var text = new Checkpoint(chain.Origin, size, root).ToNoteText();
        return new SignedCheckpoint(
            size, root, Time: 1, new byte[64], Epoch: 1, CoreFixture.SignAsLog(chain.Id, text));
    }
}
