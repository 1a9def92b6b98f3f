using System.Text;

namespace Sequencer.Tlog;

/// <summary>What a witness answers to an add-checkpoint request (C2SP tlog-witness).</summary>
public static class AddCheckpointAnswer
{
    /// <summary>Content type of the answer 409, whose body is the size cosigned last.</summary>
    public const string SizeContentType = "text/x.tlog.size";

    /// <summary>Largest answer that is read, in bytes.</summary>
    public const int MaxSizeBytes = 65_536;

    /// <summary>Reads the body of a 200: one or more signature lines, each ending in LF.</summary>
    /// <returns>The lines, unverified, whoever they claim to be by.</returns>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.MalformedWitnessMessage"/>, <see cref="TlogError.MalformedSignatureLine"/>,
    /// <see cref="TlogError.TooManySignatures"/>, <see cref="TlogError.TooLarge"/>,
    /// <see cref="TlogError.ControlCharacter"/> or <see cref="TlogError.InvalidUtf8"/>.
    /// </exception>
    public static IReadOnlyList<NoteSignature> ParseCosignatures(ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxSizeBytes)
        {
            throw new TlogException(TlogError.TooLarge,
                $"A witness's answer is at most {MaxSizeBytes} bytes; this one has {body.Length}.");
        }

        var text = StrictText.Decode(body, "The witness's answer");
        if (StrictText.IndexOfControl(text, allowNewline: true) is >= 0 and var control)
        {
            throw new TlogException(TlogError.ControlCharacter,
                $"The witness's answer contains the control character U+{(int)text[control]:X4}.");
        }

        if (text.Length == 0 || text[^1] != '\n')
            throw Malformed("it must be one or more signature lines, each ending in LF");
        return ParseLines(text);
    }

    /// <summary>Writes the body of a 200.</summary>
    /// <exception cref="ArgumentException">When there is no line.</exception>
    public static string FormatCosignatures(IReadOnlyCollection<NoteSignature> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentOutOfRangeException.ThrowIfZero(lines.Count);
        return string.Concat(lines.Select(line => line.ToLine()));
    }

    /// <summary>Reads the body of a 409: the size that the witness cosigned last, and LF.</summary>
    /// <exception cref="TlogException">With <see cref="TlogError.MalformedWitnessMessage"/>.</exception>
    public static ulong ParseSize(ReadOnlySpan<byte> body)
    {
        // One digit more than fits, and LF: what is longer need not be decoded.
        const int longest = 21;
        if (body.Length is 0 or > longest || body[^1] != '\n')
            throw MalformedSize();
        var digits = Encoding.Latin1.GetString(body[..^1]);
        return digits.Length > 0 && StrictText.TryDecimal(digits, CompactRange.MaxSize, out var size)
            ? size
            : throw MalformedSize();
    }

    private static List<NoteSignature> ParseLines(string text)
    {
        var lines = new List<NoteSignature>();
        var rest = text.AsSpan();
        while (StrictText.TryTakeLine(ref rest, out var line))
        {
            if (lines.Count == SignedNote.MaxSignatures)
            {
                throw new TlogException(TlogError.TooManySignatures,
                    $"The witness's answer has more than {SignedNote.MaxSignatures} signatures.");
            }

            lines.Add(NoteSignature.ParseLine(line));
        }

        return lines;
    }

    private static TlogException MalformedSize() =>
        Malformed("it must be a decimal number, at most 2^63-1, and LF");

    private static TlogException Malformed(string why) =>
        new(TlogError.MalformedWitnessMessage, $"The witness's answer is malformed: {why}.");
}
