namespace Sequencer.Tlog;

/// <summary>
/// The rule for the name of a key (C2SP signed-note): not empty, no Unicode space, no plus.
/// </summary>
internal static class KeyName
{
    /// <summary>
    /// Longest name of a key of ours, in UTF-8 bytes; an origin, which a log key is named for, has the same
    /// limit.
    /// </summary>
    public const int MaxSizeBytes = 255;

    /// <summary>
    /// Whether the name may stand in a signature line; length is limited by the note alone.
    /// </summary>
    public static bool IsWellFormed(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (c == '+' || c < ' ' || char.IsWhiteSpace(c))
                return false;
        }

        return !name.IsEmpty;
    }

    /// <exception cref="TlogException">
    /// With <see cref="TlogError.InvalidKeyName"/>, or <see cref="TlogError.InvalidUtf8"/>.
    /// </exception>
    public static void Check(ReadOnlySpan<char> name)
    {
        if (!IsWellFormed(name))
        {
            throw new TlogException(TlogError.InvalidKeyName,
                "A key name must not be empty and must not contain spaces, control characters or '+'.");
        }

        var size = StrictText.ByteCount(name, "The key name");
        if (size > MaxSizeBytes)
        {
            throw new TlogException(TlogError.InvalidKeyName,
                $"A key name is at most {MaxSizeBytes} bytes; this one has {size}.");
        }
    }
}
