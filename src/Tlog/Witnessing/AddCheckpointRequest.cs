using System.Buffers;
using System.Buffers.Text;

namespace Sequencer.Tlog;

/// <summary>
/// The body of a log's <c>POST &lt;prefix&gt;/add-checkpoint</c> to a witness (C2SP tlog-witness): the size
/// that the witness is believed to have cosigned last, the proof that the new checkpoint extends it, and the
/// checkpoint. Unverified.
/// </summary>
/// <param name="OldSize">The size cosigned last; 0 for none. At most 2^63-1.</param>
/// <param name="Proof">The consistency proof from that size, at most 63 hashes.</param>
/// <param name="Checkpoint">The signed checkpoint, verbatim; it is not looked into.</param>
public sealed record AddCheckpointRequest(ulong OldSize, IReadOnlyList<Hash> Proof, string Checkpoint)
{
    /// <summary>Most hashes of a proof, as the specification has it.</summary>
    public const int MaxProofHashes = 63;

    /// <summary>
    /// Largest checkpoint, in bytes: room for the sixteen signatures that every reader must take, were all
    /// of them ML-DSA-44.
    /// </summary>
    public const int MaxCheckpointSizeBytes = 65_536;

    /// <summary>Largest body, in bytes.</summary>
    public const int MaxSizeBytes = MaxHeadSizeBytes + MaxCheckpointSizeBytes;

    // "old ", 19 digits and LF; the hashes with LF; the blank line.
    private const int MaxHeadSizeBytes = 4 + 19 + 1 + MaxProofHashes * (Hash.Base64Length + 1) + 1;

    private const string OldLabel = "old ";

    /// <summary>Reads a body.</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.MalformedWitnessMessage"/>, <see cref="TlogError.WrongProofLength"/>,
    /// <see cref="TlogError.TooLarge"/> or <see cref="TlogError.InvalidUtf8"/>.
    /// </exception>
    public static AddCheckpointRequest Parse(ReadOnlySpan<byte> body)
    {
        CheckSize(body.Length, MaxSizeBytes, "An add-checkpoint request");
        return ParseChecked(StrictText.Decode(body, "The add-checkpoint request"));
    }

    /// <summary>Reads a body.</summary>
    /// <exception cref="TlogException">As the reader of bytes.</exception>
    public static AddCheckpointRequest Parse(string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        CheckSize(body.Length, MaxSizeBytes, "An add-checkpoint request");
        StrictText.ByteCount(body, "The add-checkpoint request");
        return ParseChecked(body);
    }

    /// <summary>Writes a body in UTF-8 without intermediate strings.</summary>
    /// <param name="output">Where the body goes, in one piece.</param>
    /// <param name="oldSize">The size cosigned last, at most 2^63-1.</param>
    /// <param name="proof">The consistency proof from that size, at most 63 hashes.</param>
    /// <param name="checkpoint">The signed checkpoint in UTF-8, verbatim.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">When a limit is exceeded or the checkpoint is empty.</exception>
    public static int Write(
        IBufferWriter<byte> output, ulong oldSize, IReadOnlyList<Hash> proof, ReadOnlySpan<byte> checkpoint)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, CompactRange.MaxSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(proof.Count, MaxProofHashes);
        ArgumentOutOfRangeException.ThrowIfZero(checkpoint.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(checkpoint.Length, MaxCheckpointSizeBytes);
        var destination = output.GetSpan(MaxHeadSizeBytes + checkpoint.Length);
        "old "u8.CopyTo(destination);
        Utf8Formatter.TryFormat(oldSize, destination[OldLabel.Length..], out var digits);
        var at = OldLabel.Length + digits;
        destination[at++] = (byte)'\n';
        for (var i = 0; i < proof.Count; i++)
        {
            Base64.EncodeToUtf8(proof[i].Bytes, destination[at..], out _, out var encoded);
            at += encoded;
            destination[at++] = (byte)'\n';
        }

        destination[at++] = (byte)'\n';
        checkpoint.CopyTo(destination[at..]);
        at += checkpoint.Length;
        output.Advance(at);
        return at;
    }

    /// <summary>The body as text.</summary>
    /// <exception cref="ArgumentException">When a limit is exceeded or the checkpoint is empty.</exception>
    public override string ToString()
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, OldSize, Proof, StrictText.Utf8.GetBytes(Checkpoint));
        return StrictText.Utf8.GetString(output.WrittenSpan);
    }

    public bool Equals(AddCheckpointRequest? other) =>
        other is not null && OldSize == other.OldSize && Checkpoint == other.Checkpoint
        && Proof.SequenceEqual(other.Proof);

    public override int GetHashCode() => HashCode.Combine(OldSize, Proof.Count, Checkpoint);

    private static AddCheckpointRequest ParseChecked(string body)
    {
        var rest = body.AsSpan();
        if (!StrictText.TryTakeLine(ref rest, out var line)
            || !line.StartsWith(OldLabel)
            || !StrictText.TryDecimal(line[OldLabel.Length..], CompactRange.MaxSize, out var oldSize))
        {
            throw Malformed("its first line must be 'old <decimal>', at most 2^63-1");
        }

        var proof = new List<Hash>();
        while (true)
        {
            if (!StrictText.TryTakeLine(ref rest, out line))
                throw Malformed("a blank line must end the proof");
            if (line.IsEmpty)
                break;
            if (proof.Count == MaxProofHashes)
            {
                throw new TlogException(TlogError.WrongProofLength,
                    $"A consistency proof has at most {MaxProofHashes} hashes.");
            }

            if (!Hash.TryParseBase64(line, out var hash))
                throw Malformed($"hash {proof.Count + 1} must be 32 bytes in standard base64");
            proof.Add(hash);
        }

        if (rest.IsEmpty)
            throw Malformed("a checkpoint must follow the blank line");
        CheckSize(StrictText.Utf8.GetByteCount(rest), MaxCheckpointSizeBytes, "The checkpoint");
        return new AddCheckpointRequest(oldSize, proof.AsReadOnly(), rest.ToString());
    }

    private static void CheckSize(int size, int max, string what)
    {
        if (size > max)
        {
            throw new TlogException(TlogError.TooLarge,
                $"{what} is at most {max} bytes; this one has {size}.");
        }
    }

    private static TlogException Malformed(string why) =>
        new(TlogError.MalformedWitnessMessage, $"The add-checkpoint request is malformed: {why}.");
}
