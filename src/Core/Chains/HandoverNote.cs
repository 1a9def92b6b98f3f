using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>The note by which an epoch adopts a chain from the one before.</summary>
internal static class HandoverNote
{
    /// <summary>Puts the new epoch's signature under a handover.</summary>
    /// <param name="handover">What was adopted.</param>
    /// <param name="signature">The enclave's Ed25519 signature; 64 bytes.</param>
    /// <exception cref="TlogException">When it is not a signature of this by the new epoch's key.</exception>
    public static string Make(Handover handover, ReadOnlyMemory<byte> signature)
    {
        var cosigner = handover.NewKey;
        var signer = cosigner.AsSigner();
        var note = handover.ToNoteText() + "\n" + NoteSignature.Ed25519(signer, signature.Span).ToLine();
        SignedNote.Parse(note).Verify([signer]);
        return note;
    }
}
