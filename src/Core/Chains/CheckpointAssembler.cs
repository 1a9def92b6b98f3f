using System.Collections.Concurrent;
using System.Text;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>Puts the operator's signature and the enclave's cosignature under a checkpoint.</summary>
internal sealed class CheckpointAssembler(ICheckpointSigner signer)
{
    // One for each chain that was opened.
    private readonly ConcurrentDictionary<string, VerifierKey> _logKeys = new();

    /// <summary>The log's verifier key for a chain: its name is the origin.</summary>
    public VerifierKey LogKey(string origin) => _logKeys.GetOrAdd(
        origin, static (origin, signer) =>
            VerifierKey.Create(origin, SignatureType.Ed25519, signer.PublicKey.Span), signer);

    /// <summary>Makes the signed note of a head.</summary>
    /// <param name="head">What the enclave cosigned.</param>
    /// <param name="epoch">The epoch that did.</param>
    /// <param name="witnessLines">Signature lines of witnesses that cosigned it too.</param>
    public async ValueTask<SignedCheckpoint> AssembleAsync(
        Head head, EnclaveEpoch epoch, CancellationToken cancellation, string witnessLines = "")
    {
        var text = new Checkpoint(head.Origin, head.Size, head.Root).ToNoteText();
        var signature = await signer.SignAsync(Encoding.UTF8.GetBytes(text), cancellation);
        var note = text + "\n"
            + NoteSignature.Ed25519(LogKey(head.Origin), signature).ToLine()
            + NoteSignature.Cosignature(epoch.Cosigner, head.Time, head.Cosignature.Span).ToLine()
            + witnessLines;
        return new SignedCheckpoint(
            head.Size, head.Root, head.Time, head.Cosignature, epoch.Number, Encoding.UTF8.GetBytes(note));
    }

    /// <summary>Makes the note of a chain's empty tree, which the log alone has signed: nothing is ordered yet.
    /// For witnesses only.</summary>
    public ValueTask<SignedCheckpoint> AssembleEmptyAsync(string origin, CancellationToken cancellation) =>
        AssembleForWitnessesAsync(new Checkpoint(origin, 0, MerkleHash.Empty), enclaveLine: "", cancellation);

    /// <summary>Makes the note of a proposal: with the enclave's word for it, which is no cosignature. For
    /// witnesses only.</summary>
    public ValueTask<SignedCheckpoint> AssembleAsync(
        string origin, Proposal proposal, VerifierKey cosigner, CancellationToken cancellation)
    {
        var signer = cosigner.AsSigner();
        return AssembleForWitnessesAsync(
            new Checkpoint(origin, proposal.Size, proposal.Root),
            NoteSignature.Ed25519(signer, proposal.Signature.Span).ToLine(), cancellation);
    }

    private async ValueTask<SignedCheckpoint> AssembleForWitnessesAsync(
        Checkpoint checkpoint, string enclaveLine, CancellationToken cancellation)
    {
        var text = checkpoint.ToNoteText();
        var signature = await signer.SignAsync(Encoding.UTF8.GetBytes(text), cancellation);
        var note = text + "\n" + NoteSignature.Ed25519(LogKey(checkpoint.Origin), signature).ToLine() + enclaveLine;
        return new SignedCheckpoint(
            checkpoint.Size, checkpoint.Root, Time: 0, ReadOnlyMemory<byte>.Empty, Epoch: 0,
            Encoding.UTF8.GetBytes(note));
    }
}
