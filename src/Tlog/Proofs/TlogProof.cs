using System.Buffers;
using System.Buffers.Text;

namespace Sequencer.Tlog;

/// <summary>
/// A receipt in the C2SP tlog-proof format: where an entry stands, and the checkpoint that says so.
/// Unverified.
/// </summary>
/// <param name="Index">Zero-based place of the entry.</param>
/// <param name="Hashes">The inclusion proof, the leaf's sibling first; at most 63.</param>
/// <param name="Extra">Data of the application, not authenticated; null or empty when there is none.</param>
/// <param name="Checkpoint">The signed checkpoint, verbatim.</param>
public sealed record TlogProof(
    ulong Index, IReadOnlyList<Hash> Hashes, ReadOnlyMemory<byte>? Extra, string Checkpoint)
{
    /// <summary>First line of every proof.</summary>
    public const string Header = "c2sp.org/tlog-proof@v1";

    /// <summary>
    /// Most extra data, in bytes: 60,000 characters of base64, so that its line stays below the 64 KiB that
    /// stock readers take.
    /// </summary>
    public const int MaxExtraBytes = 45_000;

    /// <summary>Highest index: the last leaf of the largest tree.</summary>
    public const ulong MaxIndex = CompactRange.MaxSize - 1;

    private const int MaxExtraLength = MaxExtraBytes / 3 * 4;
    private const int MaxLength =
        128 + MaxExtraLength + InclusionProof.MaxHashes * (Hash.Base64Length + 1) + SignedNote.MaxSizeBytes;

    /// <summary>Reads a proof; the checkpoint is kept as it stands and not looked into.</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.MalformedProof"/>, <see cref="TlogError.WrongProofLength"/>,
    /// <see cref="TlogError.TooLarge"/> or <see cref="TlogError.InvalidUtf8"/>.
    /// </exception>
    public static TlogProof Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
        {
            throw new TlogException(TlogError.TooLarge,
                $"A proof is at most {MaxLength} characters; this one has {text.Length}.");
        }

        var rest = text.AsSpan();
        if (!StrictText.TryTakeLine(ref rest, out var line) || !line.SequenceEqual(Header))
        {
            var hint = line.EndsWith('\r') ? StrictText.LineEndsHint : "";
            throw Malformed($"its first line must be '{Header}'{hint}");
        }

        ReadOnlyMemory<byte>? extra = null;
        if (rest.StartsWith("extra ") && StrictText.TryTakeLine(ref rest, out line))
            extra = ParseExtra(line["extra ".Length..]);
        if (!StrictText.TryTakeLine(ref rest, out line)
            || !line.StartsWith("index ")
            || !StrictText.TryDecimal(line["index ".Length..], MaxIndex, out var index))
        {
            throw Malformed("'index <decimal>' must follow the header and the optional 'extra <base64>'");
        }

        var hashes = ParseHashes(ref rest);
        if (rest.IsEmpty)
            throw Malformed("a checkpoint must follow the blank line");
        if (StrictText.ByteCount(rest, "The checkpoint") > SignedNote.MaxSizeBytes)
            throw SignedNote.TooLarge();
        return new TlogProof(index, hashes, extra, rest.ToString());
    }

    /// <summary>
    /// Writes a proof in UTF-8 without intermediate strings; an empty extra leaves its line out.
    /// </summary>
    /// <param name="output">Where the proof goes, in one piece.</param>
    /// <param name="index">Zero-based place of the entry.</param>
    /// <param name="hashes">The inclusion proof, at most 63 hashes.</param>
    /// <param name="checkpoint">The signed checkpoint in UTF-8, verbatim.</param>
    /// <param name="extra">Data of the application, at most <see cref="MaxExtraBytes"/>.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">When a limit is exceeded or the checkpoint is empty.</exception>
    public static int Write(
        IBufferWriter<byte> output, ulong index, ReadOnlySpan<Hash> hashes,
        ReadOnlySpan<byte> checkpoint, ReadOnlySpan<byte> extra = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        CheckLimits(index, hashes.Length, checkpoint.Length, extra.Length);
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(index, digits, out var digitCount);
        var extraLength = Base64.GetMaxEncodedToUtf8Length(extra.Length);
        var size = HeaderLine.Length + (extra.IsEmpty ? 0 : ExtraPrefix.Length + extraLength + 1)
            + IndexPrefix.Length + digitCount + 1
            + hashes.Length * (Hash.Base64Length + 1) + 1 + checkpoint.Length;

        var destination = output.GetSpan(size);
        var at = Put(destination, 0, HeaderLine);
        if (!extra.IsEmpty)
        {
            at = Put(destination, at, ExtraPrefix);
            at = PutBase64Line(destination, at, extra);
        }

        at = Put(destination, at, IndexPrefix);
        at = Put(destination, at, digits[..digitCount]);
        at = Put(destination, at, "\n"u8);
        foreach (ref readonly var hash in hashes)
            at = PutBase64Line(destination, at, hash.Bytes);
        at = Put(destination, at, "\n"u8);
        at = Put(destination, at, checkpoint);
        output.Advance(at);
        return at;
    }

    /// <summary>The proof as text.</summary>
    /// <exception cref="ArgumentException">When a limit is exceeded or the checkpoint is empty.</exception>
    public override string ToString()
    {
        var output = new ArrayBufferWriter<byte>();
        var checkpoint = StrictText.Utf8.GetBytes(Checkpoint);
        Write(output, Index, Hashes.ToArray(), checkpoint, Extra.GetValueOrDefault().Span);
        return StrictText.Utf8.GetString(output.WrittenSpan);
    }

    public bool Equals(TlogProof? other) =>
        other is not null && Index == other.Index && Checkpoint == other.Checkpoint
        && Extra.GetValueOrDefault().Span.SequenceEqual(other.Extra.GetValueOrDefault().Span)
        && Hashes.SequenceEqual(other.Hashes);

    public override int GetHashCode() => HashCode.Combine(Index, Hashes.Count, Checkpoint);

    private static ReadOnlySpan<byte> HeaderLine => "c2sp.org/tlog-proof@v1\n"u8;

    private static ReadOnlySpan<byte> ExtraPrefix => "extra "u8;

    private static ReadOnlySpan<byte> IndexPrefix => "index "u8;

    private static byte[] ParseExtra(ReadOnlySpan<char> encoded)
    {
        if (encoded.Length > MaxExtraLength)
        {
            throw new TlogException(TlogError.TooLarge,
                $"The proof's extra data is at most {MaxExtraLength} characters of base64; "
                + $"it has {encoded.Length}.");
        }

        return !encoded.IsEmpty && StrictText.TryBase64(encoded, out var extra)
            ? extra
            : throw Malformed("its extra data must be standard base64 and not empty");
    }

    private static List<Hash> ParseHashes(ref ReadOnlySpan<char> rest)
    {
        var hashes = new List<Hash>();
        while (StrictText.TryTakeLine(ref rest, out var line))
        {
            if (line.IsEmpty)
                return hashes;
            if (hashes.Count == InclusionProof.MaxHashes)
            {
                throw new TlogException(TlogError.WrongProofLength,
                    $"A proof has at most {InclusionProof.MaxHashes} hashes.");
            }

            if (!Hash.TryParseBase64(line, out var hash))
                throw Malformed($"hash {hashes.Count + 1} must be 32 bytes in standard base64");
            hashes.Add(hash);
        }

        throw Malformed("a blank line must end the hashes");
    }

    private static void CheckLimits(ulong index, int hashes, int checkpoint, int extra)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, MaxIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashes, InclusionProof.MaxHashes);
        ArgumentOutOfRangeException.ThrowIfZero(checkpoint);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(checkpoint, SignedNote.MaxSizeBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(extra, MaxExtraBytes);
    }

    private static int Put(Span<byte> destination, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination[at..]);
        return at + bytes.Length;
    }

    private static int PutBase64Line(Span<byte> destination, int at, ReadOnlySpan<byte> bytes)
    {
        Base64.EncodeToUtf8(bytes, destination[at..], out _, out var written);
        return Put(destination, at + written, "\n"u8);
    }

    private static TlogException Malformed(string why) =>
        new(TlogError.MalformedProof, $"The proof is malformed: {why}.");
}
