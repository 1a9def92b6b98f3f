using System.Text;
using System.Text.Json;
using Sequencer.Testing;

namespace Sequencer.Tlog.Tests;

/// <summary>
/// Other people's vectors for the tree: transparency-dev/merkle, and the RFC 6962 reference tree.
/// </summary>
public sealed class MerkleVectorTests
{
    [SharedDataFact("vectors/merkle-inclusion.json")]
    public void InclusionProbes_AreAcceptedAndRefusedAsTheySay()
    {
        var probes = Load("vectors/merkle-inclusion.json").GetProperty("probes").EnumerateArray().ToList();
        foreach (var probe in probes)
        {
            IsAccepted(() => InclusionProof.Verify(
                probe.Number("leafIdx"), probe.Number("treeSize"), probe.GetProperty("leafHash").Base64Hash(),
                probe.GetProperty("proof").Hashes(), probe.GetProperty("root").Base64Hash()))
                .Should().Be(!probe.GetProperty("wantErr").GetBoolean(), probe.Text("file"));
        }

        probes.Should().HaveCount(98);
    }

    [SharedDataFact("vectors/merkle-consistency.json")]
    public void ConsistencyProbes_AreAcceptedAndRefusedAsTheySay()
    {
        // One probe wants two roots of 12 bytes accepted because they are equal: here a root has 32 by its
        // type.
        var probes = Load("vectors/merkle-consistency.json").GetProperty("probes").EnumerateArray()
            .Where(p => p.Text("desc") != "sizes are equal (one) and proof is empty").ToList();
        foreach (var probe in probes)
        {
            IsAccepted(() => ConsistencyProof.Verify(
                probe.Number("size1"), probe.GetProperty("root1").Base64Hash(),
                probe.Number("size2"), probe.GetProperty("root2").Base64Hash(),
                probe.GetProperty("proof").Hashes()))
                .Should().Be(!probe.GetProperty("wantErr").GetBoolean(), probe.Text("file"));
        }

        probes.Should().HaveCount(97);
    }

    [SharedDataFact("vectors/rfc6962-reference-tree.json")]
    public void ReferenceTree_HashesAndRoots_AreTheGivenOnes()
    {
        var reference = Load("vectors/rfc6962-reference-tree.json");
        foreach (var test in reference.GetProperty("hash_cases").EnumerateArray())
            HashOf(test).Should().Be(test.GetProperty("want").HexHash());

        var leaves = reference.GetProperty("leaf_inputs_hex").EnumerateArray()
            .Select(l => MerkleHash.Leaf(l.Hex())).ToArray();
        var tree = new MemoryTree(leaves);
        var roots = reference.GetProperty("root_by_tree_size_hex").EnumerateArray().ToList();
        for (var size = 0; size < roots.Count; size++)
        {
            TreeRoot.Compute((ulong)size, tree).Should().Be(roots[size].HexHash());
            NaiveMerkle.Root(tree.First(size)).Should().Be(roots[size].HexHash());
        }

        var level = 0;
        foreach (var hashes in reference.GetProperty("complete_subtree_hashes_by_level_hex").EnumerateArray())
        {
            var index = 0UL;
            foreach (var hash in hashes.EnumerateArray())
                tree.Read(new NodeId(level, index++)).Should().Be(hash.HexHash());
            level++;
        }
    }

    private static Hash HashOf(JsonElement test) => test.Text("op") switch
    {
        "emptyRoot" => MerkleHash.Empty,
        "leaf" => MerkleHash.Leaf(Encoding.ASCII.GetBytes(test.Text("input_ascii"))),
        // The published case feeds four bytes where a node has 32, so that it cannot go through the typed
        // API.
        "node" => Hash.Read(System.Security.Cryptography.SHA256.HashData(
            [1, .. Encoding.ASCII.GetBytes(test.Text("left_ascii") + test.Text("right_ascii"))])),
        var other => throw new FormatException($"Unknown operation {other}."),
    };

    /// <summary>
    /// Whether a check passes; a hash that is none counts as refused, as it could not even be read.
    /// </summary>
    private static bool IsAccepted(Action check)
    {
        try
        {
            check();
            return true;
        }
        catch (Exception e) when (e is TlogException or FormatException)
        {
            return false;
        }
    }

    private static JsonElement Load(string path) => JsonVectors.Load(SharedData.FilePath(path));
}
