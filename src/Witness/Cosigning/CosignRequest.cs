using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>A well-formed request about a known log, whose key signed the checkpoint.</summary>
internal sealed record CosignRequest
{
    private CosignRequest()
    {
    }

    public required LogRule Rule { get; init; }

    /// <summary>The size that the log believes was cosigned last; at most the checkpoint's.</summary>
    public required ulong OldSize { get; init; }

    public required IReadOnlyList<Hash> Proof { get; init; }

    public required Checkpoint Checkpoint { get; init; }

    /// <summary>The checkpoint with all its signatures.</summary>
    public required SignedNote Note { get; init; }

    /// <summary>The good signatures by the log's key.</summary>
    public required IReadOnlyList<NoteSignature> LogLines { get; init; }

    /// <summary>The checkpoint's note text, ending in LF.</summary>
    public string Text => Note.Text;

    /// <summary>Reads a body and checks all that needs no memory; either a request or a refusal.</summary>
    public static Checked<CosignRequest> Read(ReadOnlySpan<byte> body, LogRules rules)
    {
        AddCheckpointRequest request;
        SignedNote note;
        Checkpoint checkpoint;
        try
        {
            request = AddCheckpointRequest.Parse(body);
            note = SignedNote.Parse(request.Checkpoint);
            checkpoint = Checkpoint.Parse(note.Text);
        }
        catch (TlogException malformed)
        {
            // A line that is no signature is none by the log's key.
            var isUnsigned = malformed.Reason == TlogError.MalformedSignatureLine;
            return new Verdict.Refused(
                isUnsigned ? RefusalReason.NotSignedByLog : RefusalReason.Malformed, malformed.Message);
        }

        if (!rules.TryFind(checkpoint.Origin, out var rule, out var key))
        {
            return new Verdict.Refused(
                RefusalReason.OriginUnknown, $"This witness does not cosign the log {checkpoint.Origin}.");
        }

        if (NotSigned(note, key) is { } why)
            return new Verdict.Refused(RefusalReason.NotSignedByLog, why);
        if (request.OldSize > checkpoint.Size)
        {
            return new Verdict.Refused(RefusalReason.OldSizeAbove,
                $"The old size {request.OldSize} is above the checkpoint's, {checkpoint.Size}: "
                + "a log never shrinks.");
        }

        return new CosignRequest
        {
            Rule = rule,
            OldSize = request.OldSize,
            Proof = request.Proof,
            Checkpoint = checkpoint,
            Note = note,
            LogLines = [note.Signatures.First(line => line.Claims(key))],
        };
    }

    private static string? NotSigned(SignedNote note, VerifierKey key)
    {
        try
        {
            note.Verify([key]);
            return null;
        }
        catch (TlogException unsigned)
        {
            return unsigned.Reason == TlogError.NoKnownSignature
                ? $"The checkpoint carries no signature by the log's key {key}."
                : unsigned.Message;
        }
    }
}
