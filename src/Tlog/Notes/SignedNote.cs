using System.Text;

namespace Sequencer.Tlog;

/// <summary>
/// A text with signatures (C2SP signed-note). Immutable and unverified: nothing in it may be relied on before
/// <see cref="Verify"/>.
/// </summary>
public sealed class SignedNote
{
    /// <summary>Largest note, in UTF-8 bytes.</summary>
    public const int MaxSizeBytes = 1_000_000;

    /// <summary>Most signatures on one note.</summary>
    public const int MaxSignatures = 100;

    private SignedNote(string text, IReadOnlyList<NoteSignature> signatures)
    {
        Text = text;
        Signatures = signatures;
    }

    /// <summary>What is signed, ending in LF.</summary>
    public string Text { get; }

    /// <summary>The signature lines in their order, known or not.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Puts signatures under a text.</summary>
    /// <exception cref="TlogException">When the result would not parse.</exception>
    public static SignedNote Create(string text, params IEnumerable<NoteSignature> signatures)
    {
        ArgumentNullException.ThrowIfNull(text);
        // Parsing what was made keeps one set of rules for notes from here and from elsewhere. A text that
        // does not end in LF could run into the signatures, and come back as another text.
        var note = Parse(Format(text, signatures));
        return note.Text == text ? note : throw Malformed("its text must end in LF");
    }

    /// <summary>Reads a note from its bytes.</summary>
    /// <exception cref="TlogException">
    /// When the bytes are not UTF-8 or not a note, or exceed a limit.
    /// </exception>
    public static SignedNote Parse(ReadOnlySpan<byte> note)
    {
        CheckSize(note.Length);
        return ParseChecked(StrictText.Decode(note, "The note"));
    }

    /// <summary>Reads a note.</summary>
    /// <exception cref="TlogException">When the text is not a note, or exceeds a limit.</exception>
    public static SignedNote Parse(string note)
    {
        ArgumentNullException.ThrowIfNull(note);
        CheckSize(note.Length);
        CheckSize(StrictText.ByteCount(note, "The note"));
        return ParseChecked(note);
    }

    /// <summary>
    /// Checks every signature that claims to be by one of <paramref name="keys"/> and ignores all others.
    /// </summary>
    /// <returns>The note with the signatures that were checked, at least one.</returns>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.BadSignature"/> or <see cref="TlogError.TimeOutOfRange"/> when a signature
    /// by a known key is not good, <see cref="TlogError.NoKnownSignature"/> when there is none by a known
    /// key, <see cref="TlogError.AmbiguousKey"/> when two different keys share name and id.
    /// </exception>
    public VerifiedNote Verify(IReadOnlyCollection<VerifierKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var text = StrictText.Utf8.GetBytes(Text);
        var message = new byte[Cosignature.MaxOverheadBytes + text.Length];
        var verified = new List<VerifiedSignature>();
        foreach (var signature in Signatures)
        {
            if (FindKey(keys, signature) is { } key)
                verified.Add(new VerifiedSignature(key, VerifyOne(key, text, message, signature.Blob.Span)));
        }

        return verified.Count > 0
            ? new VerifiedNote(this, verified.AsReadOnly())
            : throw new TlogException(TlogError.NoKnownSignature,
                $"None of the note's {Signatures.Count} signatures is by one of {keys.Count} accepted keys.");
    }

    /// <summary>The note, exactly as it was read.</summary>
    public override string ToString() => Format(Text, Signatures);

    internal static TlogException TooLarge() =>
        new(TlogError.TooLarge, $"A note is at most {MaxSizeBytes} bytes; this one is larger.");

    private static string Format(string text, IEnumerable<NoteSignature> signatures)
    {
        var note = new StringBuilder(text).Append('\n');
        foreach (var signature in signatures)
            note.Append(signature.ToLine());
        return note.ToString();
    }

    private static SignedNote ParseChecked(string note)
    {
        var control = StrictText.IndexOfControl(note, allowNewline: true);
        if (control >= 0)
        {
            throw new TlogException(TlogError.ControlCharacter,
                $"The note contains the control character U+{(int)note[control]:X4} at {control}; "
                + "only LF is allowed.");
        }

        // The text may contain empty lines: the last one ends it.
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0)
            throw Malformed("it has no blank line between text and signatures");
        var rest = note.AsSpan(split + 2);
        if (rest.IsEmpty || rest[^1] != '\n')
            throw Malformed("after the blank line it must have signature lines that each end in LF");
        var signatures = new List<NoteSignature>();
        while (StrictText.TryTakeLine(ref rest, out var line))
        {
            if (signatures.Count == MaxSignatures)
            {
                throw new TlogException(TlogError.TooManySignatures,
                    $"The note has more than {MaxSignatures} signatures.");
            }

            signatures.Add(NoteSignature.ParseLine(line));
        }

        return new SignedNote(note[..(split + 1)], signatures.AsReadOnly());
    }

    private static VerifierKey? FindKey(IReadOnlyCollection<VerifierKey> keys, NoteSignature signature)
    {
        VerifierKey? found = null;
        foreach (var key in keys)
        {
            if (!signature.Claims(key))
                continue;
            if (found is not null && !found.Equals(key))
            {
                throw new TlogException(TlogError.AmbiguousKey,
                    $"Two of the accepted keys share the name '{key.Name}' and the id {key.KeyId:x8}.");
            }

            found = key;
        }

        return found;
    }

    /// <param name="message">Room for the message of a cosignature, used again for each.</param>
    private static ulong? VerifyOne(VerifierKey key, byte[] text, byte[] message, ReadOnlySpan<byte> blob)
    {
        if (key.Type == SignatureType.Ed25519)
        {
            key.Verify(text, blob);
            return null;
        }

        var time = Cosignature.DecodeBlob(blob, out var signature);
        var length = Cosignature.WriteMessage(time, text, message);
        key.Verify(message.AsSpan(0, length), signature);
        return time;
    }

    private static void CheckSize(int size)
    {
        if (size > MaxSizeBytes)
            throw TooLarge();
    }

    private static TlogException Malformed(string why) =>
        new(TlogError.MalformedNote, $"The signed note is malformed: {why}.");
}
