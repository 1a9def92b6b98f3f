using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>A checkpoint with the note that it was read from; not verified yet.</summary>
internal sealed record ParsedCheckpoint(SignedNote Note, Checkpoint Checkpoint)
{
    /// <exception cref="TlogException">When it is no signed checkpoint.</exception>
    public static ParsedCheckpoint Parse(string text)
    {
        var note = SignedNote.Parse(text);
        return new(note, Checkpoint.Parse(note.Text));
    }

    /// <summary>The last epoch whose key has cosigned; null when none has. Otherwise unverified.</summary>
    /// <exception cref="TlogException">When a key is malformed, or a cosignature bad.</exception>
    public LogEpoch? FindCosigner(LogEpochs epochs) => epochs.Epochs.LastOrDefault(
        epoch => SignaturesBy([VerifierKey.Parse(epoch.CosignerKey)]).Count > 0);

    /// <summary>
    /// The keys of the policy's witnesses that have cosigned; one whose time cannot be counts for no quorum.
    /// </summary>
    /// <exception cref="TlogException">When a signature by one of the witnesses is bad.</exception>
    public IEnumerable<VerifierKey> WitnessesOf(TlogPolicy policy) =>
        from signature in SignaturesBy([.. policy.Witnesses.Select(witness => witness.Key)])
        where Cosignature.IsTimeOfCheckpoint(signature.Time!.Value)
        select signature.Key;

    /// <summary>Whether one of the keys has signed; throws when a signature by one of them is bad.</summary>
    /// <exception cref="TlogException">When a signature by one of the keys is bad.</exception>
    public IReadOnlyList<VerifiedSignature> SignaturesBy(IReadOnlyCollection<VerifierKey> keys)
    {
        try
        {
            return Note.Verify(keys).Signatures;
        }
        catch (TlogException none) when (none.Reason == TlogError.NoKnownSignature)
        {
            return [];
        }
    }
}
