using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>
/// The newest checkpoint of a log that carries this witness's own cosignature. As bytes it is the signed note
/// that the monitoring endpoint serves, and the file of the log in the state: its own cosignature is the
/// file's checksum.
/// </summary>
internal sealed record CosignedCheckpoint
{
    private CosignedCheckpoint()
    {
    }

    public required Checkpoint Checkpoint { get; init; }

    /// <summary>When it was cosigned, in POSIX seconds.</summary>
    public required ulong Time { get; init; }

    /// <summary>
    /// The signed note in UTF-8: the log's signature, the enclave's if demanded, the witness's.
    /// </summary>
    public required ReadOnlyMemory<byte> Note { get; init; }

    /// <summary>The witness's own line of it: the cosignature.</summary>
    public required NoteSignature OwnLine { get; init; }

    /// <summary>Cosigns a checkpoint.</summary>
    /// <param name="signatures">The verified signatures that go with it, the log's at least.</param>
    public static CosignedCheckpoint Create(
        Checkpoint checkpoint, string text, IEnumerable<NoteSignature> signatures, WitnessKey key, ulong time)
    {
        var own = key.Cosign(text, time);
        var note = SignedNote.Create(text, [.. signatures, own]);
        return new()
        {
            Checkpoint = checkpoint,
            Time = time,
            Note = Encoding.UTF8.GetBytes(note.ToString()),
            OwnLine = own,
        };
    }

    /// <summary>Reads what <see cref="Create"/> made.</summary>
    /// <exception cref="TlogException">When it is no checkpoint that this witness cosigned.</exception>
    public static CosignedCheckpoint Parse(ReadOnlyMemory<byte> note, WitnessKey key)
    {
        var verified = SignedNote.Parse(note.Span).Verify([key.Verifier]);
        return new()
        {
            Checkpoint = Checkpoint.Parse(verified.Text),
            Time = verified.By(key.Verifier)!.Time!.Value,
            Note = note,
            OwnLine = verified.Note.Signatures.First(line => line.Claims(key.Verifier)),
        };
    }
}
