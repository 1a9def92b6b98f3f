using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>Checks what a witness says it cosigned.</summary>
internal static class CosignatureCheck
{
    /// <summary>The witness's own cosignature among the lines of its answer.</summary>
    /// <param name="lines">Signature lines, UTF-8; those of other keys are ignored.</param>
    /// <param name="text">The checkpoint's text.</param>
    /// <param name="key">The witness's key in the policy.</param>
    /// <exception cref="TlogException">
    /// When it is missing, does not verify, or states a time that cannot be.
    /// </exception>
    public static NoteSignature Find(ReadOnlyMemory<byte> lines, string text, VerifierKey key)
    {
        var note = SignedNote.Create(text, AddCheckpointAnswer.ParseCosignatures(lines.Span));
        var verified = note.Verify([key]);
        // No verifier counts such a one: it must not get into receipts.
        if (verified.By(key) is { Time: { } time } && !Cosignature.IsTimeOfCheckpoint(time))
        {
            throw new TlogException(TlogError.TimeOutOfRange,
                $"The cosignature by '{key.Name}' states the time {time}, which cannot be.");
        }

        return note.Signatures.First(line => line.Claims(key));
    }
}
