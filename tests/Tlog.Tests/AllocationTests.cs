using System.Buffers;
using System.Text;

namespace Sequencer.Tlog.Tests;

/// <summary>What runs for every entry, every batch and every receipt takes nothing from the heap.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 200;

    [Fact]
    public void Leaf_OfAnySize_AllocatesNothing()
    {
        var small = new byte[200];
        var large = new byte[Entry.MaxSizeBytes];
        AllocatedBy(() =>
        {
            MerkleHash.Leaf(small);
            MerkleHash.Leaf(large);
        }).Should().Be(0);
    }

    [Fact]
    public void NodeAndRootAndProofCheck_AllocateNothing()
    {
        var tree = MemoryTree.OfSize(100);
        var proof = InclusionProof.Build(42, 100, tree);
        var consistency = ConsistencyProof.Build(42, 100, tree);
        var range = CompactRange.TryCreate(
            100, TreeRoot.CompactRangeNodes(100).Select(tree.Read).ToArray())!;
        var root = range.Root();
        var old = NaiveMerkle.Root(tree.First(42));
        AllocatedBy(() =>
        {
            range.Root();
            InclusionProof.Verify(42, 100, tree.Leaves[42], proof, root);
            ConsistencyProof.Verify(42, old, 100, root, consistency);
        }).Should().Be(0);
    }

    [Fact]
    public void Append_WithAListThatHasRoom_AllocatesNothing()
    {
        var range = new CompactRange();
        var created = new List<Hash>(64);
        var leaf = MerkleHash.Leaf("entry"u8);
        AllocatedBy(() =>
        {
            created.Clear();
            range.Append(leaf, created);
            range.Append(leaf);
        }).Should().Be(0);
    }

    [Fact]
    public void WriteProof_AllocatesNothing()
    {
        var hashes = new Hash[20];
        var checkpoint = new byte[400];
        var extra = new byte[5000];
        var output = new FixedWriter(new byte[20_000]);
        AllocatedBy(() =>
        {
            output.Reset();
            TlogProof.Write(output, 123_456, hashes, checkpoint);
            TlogProof.Write(output, 123_456, hashes, checkpoint, extra);
        }).Should().Be(0);
    }

    [Fact]
    public void SignAndVerifyACosignature_AllocatesNothing()
    {
        using var signer = TestKeys.Signer(2);
        var key = TestKeys.WitnessKey();
        var text = Encoding.UTF8.GetBytes(new Checkpoint("log.example/log/demo", 123, MerkleHash.Empty).ToNoteText());
        var message = new byte[text.Length + Cosignature.MaxOverheadBytes];
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        AllocatedBy(() =>
        {
            var size = Cosignature.WriteMessage(1_700_000_000, text, message);
            signer.Sign(message.AsSpan(0, size), signature);
            key.Verify(message.AsSpan(0, size), signature);
        }).Should().Be(0);
    }

    /// <summary>
    /// The least that a series of calls took, of several series: the runtime itself may take something once,
    /// when it compiles a method again, but what a call takes shows in every series.
    /// </summary>
    private static long AllocatedBy(Action action)
    {
        action();
        return Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Rounds; i++)
                action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }

    /// <summary>A writer into one array, which never grows.</summary>
    private sealed class FixedWriter(byte[] buffer) : IBufferWriter<byte>
    {
        private int _written;

        public void Reset() => _written = 0;

        public void Advance(int count) => _written += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => buffer.AsMemory(_written);

        public Span<byte> GetSpan(int sizeHint = 0) => buffer.AsSpan(_written);
    }
}
