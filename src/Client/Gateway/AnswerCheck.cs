using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Checks that an answer is about what was asked. It verifies no signature: a wrong answer here is a fault,
/// not yet a fraud.
/// </summary>
internal static class AnswerCheck
{
    /// <summary>Returns when the receipt says of itself that the transaction stands at the index.</summary>
    /// <exception cref="SequencerClientException">
    /// When it is a receipt for something else, or none at all.
    /// </exception>
    public static void Covers(string receipt, ulong index, ReadOnlySpan<byte> transaction)
    {
        try
        {
            var proof = TlogProof.Parse(receipt);
            var checkpoint = Checkpoint.Parse(SignedNote.Parse(proof.Checkpoint).Text);
            if (proof.Index != index)
                throw GatewayJson.BadAnswer($"the receipt for index {index} is about index {proof.Index}");
            Hash[] hashes = [.. proof.Hashes];
            InclusionProof.Verify(
                index, checkpoint.Size, MerkleHash.Leaf(transaction), hashes, checkpoint.Root);
        }
        catch (TlogException wrong)
        {
            throw GatewayJson.BadAnswer(
                $"the receipt for index {index} does not cover the transaction ({wrong.Message})", wrong);
        }
    }
}
