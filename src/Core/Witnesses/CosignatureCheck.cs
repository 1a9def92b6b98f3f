using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>Checks what a witness says it cosigned.</summary>
internal static class CosignatureCheck
{
    /// <summary>The witness's own cosignature among the lines of its answer.</summary>
    /// <param name="lines">Signature lines, UTF-8; those of other keys are ignored.</param>
    /// <param name="text">The checkpoint's text.</param>
    /// <param name="key">The witness's key in the policy.</param>
    /// <exception cref="TlogException">When it is missing, does not verify, or states the time 0.</exception>
    public static NoteSignature Find(ReadOnlyMemory<byte> lines, string text, VerifierKey key)
    {
        var note = SignedNote.Create(text, AddCheckpointAnswer.ParseCosignatures(lines.Span));
        var verified = note.Verify([key]);
        // The specification has a witness state its time: 0 is for subtrees.
        if (verified.By(key) is { Time: 0 })
            throw new TlogException(TlogError.TimeOutOfRange, $"The cosignature by '{key.Name}' states the time 0.");
        return note.Signatures.First(line => line.Claims(key));
    }
}
