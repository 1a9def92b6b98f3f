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
    public async ValueTask<SignedCheckpoint> AssembleAsync(
        Head head, EnclaveEpoch epoch, CancellationToken cancellation)
    {
        var text = new Checkpoint(head.Origin, head.Size, head.Root).ToNoteText();
        var signature = await signer.SignAsync(Encoding.UTF8.GetBytes(text), cancellation);
        var note = text + "\n"
            + NoteSignature.Ed25519(LogKey(head.Origin), signature).ToLine()
            + NoteSignature.Cosignature(epoch.Cosigner, head.Time, head.Cosignature.Span).ToLine();
        return new SignedCheckpoint(
            head.Size, head.Root, head.Time, head.Cosignature, epoch.Number, Encoding.UTF8.GetBytes(note));
    }
}
