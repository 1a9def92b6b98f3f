namespace Sequencer.Tlog;

/// <summary>
/// A note with at least one good signature by a known key; only <see cref="SignedNote.Verify"/> makes one.
/// </summary>
public sealed class VerifiedNote
{
    internal VerifiedNote(SignedNote note, IReadOnlyList<VerifiedSignature> signatures)
    {
        Note = note;
        Signatures = signatures;
    }

    /// <summary>The note as it was read, with the signatures that were ignored too.</summary>
    public SignedNote Note { get; }

    /// <summary>The signed text, ending in LF.</summary>
    public string Text => Note.Text;

    /// <summary>The good signatures by known keys, in the note's order.</summary>
    public IReadOnlyList<VerifiedSignature> Signatures { get; }

    /// <summary>The known keys that signed, as often as they did.</summary>
    public IEnumerable<VerifierKey> Keys => Signatures.Select(s => s.Key);

    /// <summary>The first good signature by <paramref name="key"/>; null when it has not signed.</summary>
    public VerifiedSignature? By(VerifierKey key) => Signatures.FirstOrDefault(s => s.Key.Equals(key));
}
