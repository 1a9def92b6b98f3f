using System.Globalization;
using System.Text;

namespace Sequencer.Tlog;

/// <summary>What a log says of itself at one size (C2SP tlog-checkpoint): the text that is signed.</summary>
/// <param name="Origin">The log's identity, 1 to 255 bytes without control characters.</param>
/// <param name="Size">Number of leaves, at most <see cref="CompactRange.MaxSize"/>.</param>
/// <param name="Root">The Merkle tree hash of those leaves (RFC 6962, section 2.1).</param>
public sealed record Checkpoint(string Origin, ulong Size, Hash Root)
{
    /// <summary>Longest origin, in UTF-8 bytes.</summary>
    public const int MaxOriginSizeBytes = 255;

    /// <summary>Lines after the root, none of them empty; none by default, and discouraged.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>Reads a note text.</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.MalformedCheckpoint"/>, <see cref="TlogError.InvalidOrigin"/>,
    /// <see cref="TlogError.ControlCharacter"/>, <see cref="TlogError.InvalidUtf8"/> or
    /// <see cref="TlogError.TooLarge"/>.
    /// </exception>
    public static Checkpoint Parse(string noteText)
    {
        ArgumentNullException.ThrowIfNull(noteText);
        if (noteText.Length > SignedNote.MaxSizeBytes)
            throw SignedNote.TooLarge();
        var rest = noteText.AsSpan();
        if (rest.IsEmpty || rest[^1] != '\n')
            throw Malformed("it must end in LF");
        if (!StrictText.TryTakeLine(ref rest, out var origin)
            || !StrictText.TryTakeLine(ref rest, out var size)
            || !StrictText.TryTakeLine(ref rest, out var root))
        {
            throw Malformed("it must have three lines: origin, size, root");
        }

        CheckOrigin(origin);
        if (!StrictText.TryDecimal(size, CompactRange.MaxSize, out var leaves))
            throw Malformed("its size must be a decimal number without leading zero, at most 2^63-1");
        if (!Hash.TryParseBase64(root, out var hash))
            throw Malformed("its root must be 32 bytes in standard base64");
        var extensions = new List<string>();
        while (StrictText.TryTakeLine(ref rest, out var line))
        {
            CheckExtension(line);
            extensions.Add(line.ToString());
        }

        return new Checkpoint(origin.ToString(), leaves, hash) { Extensions = extensions.AsReadOnly() };
    }

    /// <summary>The note text, ending in LF.</summary>
    /// <exception cref="TlogException">
    /// When the origin, the size or an extension line cannot be written.
    /// </exception>
    public string ToNoteText()
    {
        CheckOrigin(Origin);
        CheckSize(Size);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root}\n");
        foreach (var line in Extensions)
        {
            CheckExtension(line);
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    public bool Equals(Checkpoint? other) =>
        other is not null && Origin == other.Origin && Size == other.Size && Root == other.Root
        && Extensions.SequenceEqual(other.Extensions);

    public override int GetHashCode() => HashCode.Combine(Origin, Size, Root);

    internal static void CheckOrigin(ReadOnlySpan<char> origin)
    {
        if (origin.IsEmpty || StrictText.IndexOfControl(origin, allowNewline: false) >= 0)
        {
            throw new TlogException(TlogError.InvalidOrigin,
                "An origin must not be empty and must not contain control characters.");
        }

        var size = StrictText.ByteCount(origin, "The origin");
        if (size > MaxOriginSizeBytes)
        {
            throw new TlogException(TlogError.InvalidOrigin,
                $"An origin is at most {MaxOriginSizeBytes} bytes; this one has {size}.");
        }
    }

    private static void CheckSize(ulong size)
    {
        if (size > CompactRange.MaxSize)
            throw Malformed($"its size is at most 2^63-1; got {size}");
    }

    private static void CheckExtension(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty)
            throw Malformed("an extension line must not be empty");
        var control = StrictText.IndexOfControl(line, allowNewline: false);
        if (control >= 0)
        {
            throw new TlogException(TlogError.ControlCharacter,
                $"An extension line contains the control character U+{(int)line[control]:X4}.");
        }

        StrictText.ByteCount(line, "An extension line");
    }

    private static TlogException Malformed(string why) =>
        new(TlogError.MalformedCheckpoint, $"The checkpoint is malformed: {why}.");
}
