using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>Checks receipts as a client would, down to the operator's signature.</summary>
internal static class Receipts
{
    /// <summary>The proof, after leaf hash, inclusion and the log's signature were found good.</summary>
    public static TlogProof ShouldProve(
        this string receipt, TestGateway gateway, string chain, ulong index, ReadOnlySpan<byte> entry)
    {
        var proof = TlogProof.Parse(receipt);
        proof.Index.Should().Be(index);
        ChainId.TryParse(chain, out var id).Should().BeTrue();
        var origin = Origin.For(TestGateway.LogPrefix, id);
        var logKey = VerifierKey.Create(origin, SignatureType.Ed25519, gateway.LogPublicKey.Span);
        var note = SignedNote.Parse(proof.Checkpoint).Verify([logKey]);
        var checkpoint = Checkpoint.Parse(note.Text);
        checkpoint.Origin.Should().Be(origin);
        InclusionProof.Verify(
            index, checkpoint.Size, MerkleHash.Leaf(entry), [.. proof.Hashes], checkpoint.Root);
        return proof;
    }
}
