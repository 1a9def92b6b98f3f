using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// The witnesses' lines under a checkpoint, each judged by itself. A log's operator can add any line to what the
/// log signed, so one that does not verify takes nothing from the others.
/// </summary>
/// <param name="Cosigners">The keys that did cosign.</param>
/// <param name="BadCount">Lines that name one of the witnesses and do not verify.</param>
internal sealed record WitnessLines(IReadOnlySet<VerifierKey> Cosigners, int BadCount)
{
    public static WitnessLines Read(SignedNote note, IReadOnlyCollection<VerifierKey> witnesses)
    {
        var cosigners = new HashSet<VerifierKey>();
        var bad = 0;
        foreach (var line in note.Signatures)
        {
            try
            {
                cosigners.Add(SignedNote.Create(note.Text, [line]).Verify(witnesses).Signatures[0].Key);
            }
            catch (TlogException other) when (other.Reason == TlogError.NoKnownSignature)
            {
                // The log's, the enclave's, or of a witness that is not asked about.
            }
            catch (TlogException)
            {
                bad++;
            }
        }

        return new(cosigners, bad);
    }
}
