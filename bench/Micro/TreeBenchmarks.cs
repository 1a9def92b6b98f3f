using BenchmarkDotNet.Attributes;
using Sequencer.Hashing;
using Sequencer.Tlog;

namespace Sequencer.Micro;

/// <summary>The Merkle tree: a leaf's hash, an append, a proof; and whole tiles, hashed in lanes.</summary>
public class TreeBenchmarks
{
    private readonly byte[] _entry = new byte[256];
    private readonly Hash _leaf = MerkleHash.Leaf(new byte[256]);
    private readonly CompactRange _range = new();
    private readonly ReadOnlyMemory<byte>[] _entries = new ReadOnlyMemory<byte>[Tile.Width];
    private readonly Hash[] _leaves = new Hash[Tile.Width];
    private UniformTree _tree = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _tree = new UniformTree(_entry);
        Array.Fill(_entries, _entry);
    }

    [Benchmark(Description = "tree: leaf hash of 256 B")]
    public Hash HashLeaf() => MerkleHash.Leaf(_entry);

    [Benchmark(Description = "lanes: 256 leaf hashes of 256 B")]
    public void HashLeaves() => MerkleLanes.HashLeaves(_entries, _leaves);

    [Benchmark(Description = "lanes: the root over 256 leaf hashes")]
    public Hash Fold() => MerkleLanes.FoldFull(_leaves);

    [Benchmark(Description = "tree: append of a leaf hash")]
    public void Append() => _range.Append(_leaf);

    [Benchmark(Description = "tree: inclusion proof among a million")]
    public Hash[] Prove() => InclusionProof.Build(SampleLog.Index, SampleLog.Size, _tree);
}
