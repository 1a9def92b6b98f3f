using System.Text;
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
        var text = Encoding.UTF8.GetBytes(note.Text);
        var message = new byte[Cosignature.MaxOverheadBytes + text.Length];
        var cosigners = new HashSet<VerifierKey>();
        var bad = 0;
        foreach (var line in note.Signatures)
        {
            var claimed = witnesses.Where(key => key.KeyId == line.KeyId && key.Name == line.Name).ToList();
            var good = claimed.Find(key => IsBy(key, line.Blob.Span, text, message));
            if (good is not null)
                cosigners.Add(good);
            else if (claimed.Count > 0)
                bad++;
        }

        return new(cosigners, bad);
    }

    private static bool IsBy(VerifierKey key, ReadOnlySpan<byte> blob, byte[] text, byte[] message)
    {
        try
        {
            if (key.Type == SignatureType.Ed25519)
            {
                key.Verify(text, blob);
                return true;
            }

            var time = Cosignature.DecodeBlob(blob, out var signature);
            key.Verify(message.AsSpan(0, Cosignature.WriteMessage(time, text, message)), signature);
            return true;
        }
        catch (TlogException)
        {
            return false;
        }
    }
}
