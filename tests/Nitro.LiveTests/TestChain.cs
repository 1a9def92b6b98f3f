using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Nitro.LiveTests;

/// <summary>
/// A chain as the core would keep it: it builds the tree beside the enclave and checks every answer against
/// it, root and cosignature.
/// </summary>
internal sealed class TestChain
{
    private readonly CompactRange _tree = new();
    private readonly VerifierKey _cosigner;
    private AppendItem _lastItem;
    private AppendResult _lastResult = new();

    private TestChain(string origin, VerifierKey cosigner)
    {
        Origin = origin;
        _cosigner = cosigner;
    }

    public string Origin { get; }

    public ulong Size => _tree.Size;

    /// <summary>The checkpoint's text at this size.</summary>
    public string Checkpoint => new Checkpoint(Origin, _tree.Size, _tree.Root()).ToNoteText();

    /// <summary>The subtree roots, largest first.</summary>
    public IReadOnlyList<Hash> CompactRange => _tree.Hashes.ToArray();

    /// <summary>The enclave's last answer to an append.</summary>
    public AppendResult Last => _lastResult;

    /// <summary>Creates a chain of a name that no other test has.</summary>
    public static async Task<TestChain> CreateAsync(EnclaveSession session)
    {
        var description = await session.SendAsync<DescribeReply>(new DescribeRequest(), default);
        var cosigner = VerifierKey.Create(
            description.Cosigner, SignatureType.CosignatureEd25519, description.PublicKey.Span);
        var chain = new TestChain($"{description.LogPrefix}/test-{Guid.NewGuid():n}", cosigner);
        var opened = await session.SendAsync<OpenReply>(new CreateRequest(chain.Origin), default);
        opened.Head.Size.Should().Be(0);
        opened.Head.Root.Should().Be(MerkleHash.Empty);
        chain.CheckCosignature(opened.Head.Time, opened.Head.Cosignature);
        return chain;
    }

    /// <summary>Appends entries in one frame; what the enclave takes is added to the stopwatch.</summary>
    public async Task AppendAsync(EnclaveSession session, int entries, Stopwatch? watch = null)
    {
        var leaves = Enumerable.Range(0, entries)
            .Select(i => MerkleHash.Leaf(Encoding.UTF8.GetBytes($"{Origin} {Size} {i}"))).ToArray();
        var item = new AppendItem(Origin, Size, Bytes(leaves), WantNodes: false);
        watch?.Start();
        var result = await SendAsync(session, item);
        watch?.Stop();
        result.FirstIndex.Should().Be(Size);
        foreach (var leaf in leaves)
            _tree.Append(leaf);
        result.NewSize.Should().Be(Size);
        result.Root.Should().Be(_tree.Root());
        result.Time.Should().BeGreaterThanOrEqualTo(_lastResult.Time);
        CheckCosignature(result.Time, result.Cosignature);
        (_lastItem, _lastResult) = (item, result);
    }

    /// <summary>Sends the last append once more, as after a lost reply: it must be the same answer.</summary>
    public async Task RepeatAsync(EnclaveSession session)
    {
        var again = await SendAsync(session, _lastItem);
        again.NewSize.Should().Be(_lastResult.NewSize);
        again.Time.Should().Be(_lastResult.Time);
        again.Cosignature.ToArray().Should().Equal(_lastResult.Cosignature.ToArray());
    }

    private static async Task<AppendResult> SendAsync(EnclaveSession session, AppendItem item)
    {
        var reply = await session.SendAsync<AppendReply>(new AppendRequest([item]), default);
        var result = reply.Results.Should().ContainSingle().Which;
        return result.Refusal is null ? result : throw new EnclaveRefusedException(result.Refusal);
    }

    private static byte[] Bytes(Hash[] leaves)
    {
        var bytes = new byte[leaves.Length * SHA256.HashSizeInBytes];
        for (var i = 0; i < leaves.Length; i++)
            leaves[i].CopyTo(bytes.AsSpan(i * SHA256.HashSizeInBytes));
        return bytes;
    }

    private void CheckCosignature(ulong time, ReadOnlyMemory<byte> cosignature) =>
        _cosigner.Verify(Cosignature.Message(time, Checkpoint), cosignature.Span);
}
