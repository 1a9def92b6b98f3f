using System.Buffers.Binary;
using System.Buffers.Text;

namespace Sequencer.Tlog;

/// <summary>
/// Timestamped Ed25519 cosignatures (C2SP tlog-cosignature, type 0x04). The signed message is
/// <c>cosignature/v1 LF time &lt;decimal&gt; LF</c> and the whole note text; the blob in the note is the time
/// as eight big-endian bytes and the signature. The message does not name the cosigner: one key per cosigner.
/// </summary>
public static class Cosignature
{
    /// <summary>Latest time: 2^63-1 POSIX seconds.</summary>
    public const ulong MaxTime = long.MaxValue;

    /// <summary>The last second of the year 9999.</summary>
    private const ulong CalendarEnd = 253_402_300_799;

    /// <summary>Length of the blob, in bytes: time and signature.</summary>
    public const int BlobSizeBytes = TimeSizeBytes + VerifierKey.SignatureSizeBytes;

    /// <summary>Most bytes a message has beyond its note text.</summary>
    public const int MaxOverheadBytes = 15 + 5 + 19 + 1;

    private const int TimeSizeBytes = 8;

    private static ReadOnlySpan<byte> Header => "cosignature/v1\ntime "u8;

    /// <summary>
    /// Whether a time can be that of a checkpoint's cosignature, which else counts for nothing: it is not 0,
    /// which is for subtrees, nor after the year 9999.
    /// </summary>
    /// <param name="time">POSIX seconds.</param>
    public static bool IsTimeOfCheckpoint(ulong time) => time is > 0 and <= CalendarEnd;

    /// <summary>The message a cosigner signs for <paramref name="noteText"/>, which ends in LF.</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.TimeOutOfRange"/>, or <see cref="TlogError.InvalidUtf8"/>.
    /// </exception>
    public static byte[] Message(ulong time, string noteText)
    {
        ArgumentNullException.ThrowIfNull(noteText);
        StrictText.ByteCount(noteText, "The note text");
        var text = StrictText.Utf8.GetBytes(noteText);
        var message = new byte[MaxOverheadBytes + text.Length];
        return message[..WriteMessage(time, text, message)];
    }

    /// <summary>
    /// Writes the message to the start of <paramref name="destination"/>; allocates nothing.
    /// </summary>
    /// <param name="time">POSIX seconds, at most 2^63-1.</param>
    /// <param name="noteText">The note text in UTF-8, ending in LF.</param>
    /// <param name="destination">At least <see cref="MaxOverheadBytes"/> longer than the text.</param>
    /// <returns>The message's length in bytes.</returns>
    /// <exception cref="TlogException">With <see cref="TlogError.TimeOutOfRange"/>.</exception>
    /// <exception cref="ArgumentException">When <paramref name="destination"/> is too short.</exception>
    public static int WriteMessage(ulong time, ReadOnlySpan<byte> noteText, Span<byte> destination)
    {
        CheckTime(time);
        var needed = MaxOverheadBytes + noteText.Length;
        if (destination.Length < needed)
        {
            throw new ArgumentException(
                $"The message may need {needed} bytes; there are {destination.Length}.", nameof(destination));
        }

        Header.CopyTo(destination);
        Utf8Formatter.TryFormat(time, destination[Header.Length..], out var digits);
        var written = Header.Length + digits;
        destination[written++] = (byte)'\n';
        noteText.CopyTo(destination[written..]);
        return written + noteText.Length;
    }

    /// <summary>The blob of a signature line: time and signature, 72 bytes.</summary>
    /// <exception cref="TlogException">With <see cref="TlogError.TimeOutOfRange"/>.</exception>
    /// <exception cref="ArgumentException">When the signature is not 64 bytes long.</exception>
    public static byte[] EncodeBlob(ulong time, ReadOnlySpan<byte> signature64)
    {
        CheckTime(time);
        VerifierKey.CheckSignatureSize(signature64);
        var blob = new byte[BlobSizeBytes];
        BinaryPrimitives.WriteUInt64BigEndian(blob, time);
        signature64.CopyTo(blob.AsSpan(TimeSizeBytes));
        return blob;
    }

    /// <summary>Splits a blob into its time and a view of its signature.</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.BadSignature"/> for another length, or
    /// <see cref="TlogError.TimeOutOfRange"/>.
    /// </exception>
    public static ulong DecodeBlob(ReadOnlySpan<byte> blob, out ReadOnlySpan<byte> signature64)
    {
        if (blob.Length != BlobSizeBytes)
        {
            throw new TlogException(TlogError.BadSignature,
                $"A cosignature has {BlobSizeBytes} bytes after the key id; this one has {blob.Length}.");
        }

        var time = BinaryPrimitives.ReadUInt64BigEndian(blob);
        CheckTime(time);
        signature64 = blob[TimeSizeBytes..];
        return time;
    }

    private static void CheckTime(ulong time)
    {
        if (time > MaxTime)
            throw new TlogException(TlogError.TimeOutOfRange, $"A time is at most 2^63-1; got {time}.");
    }
}
