using Sequencer.Attestation;

namespace Sequencer.Client;

/// <summary>
/// The image that a document names itself, as the list of accepted images: for looking at a document when
/// nobody has said which images are good. Every other rule is evaluated as ever; this one then says nothing.
/// </summary>
public static class NamedImage
{
    /// <summary>
    /// The image of a document. Where it names none, or is in debug mode, an image that cannot be: the rules
    /// before this one have failed then.
    /// </summary>
    public static AcceptedImages Of(ReadOnlyMemory<byte> document)
    {
        try
        {
            var pcrs = AttestationDocument.Parse(document).Pcrs;
            return new(new ImageMeasurement(pcrs[0], pcrs[1], pcrs[2]));
        }
        catch (Exception unusable)
            when (unusable is AttestationException or KeyNotFoundException or ArgumentException)
        {
            var none = new byte[AttestationDocument.PcrSize];
            none.AsSpan().Fill(byte.MaxValue);
            return new(new ImageMeasurement(none, none, none));
        }
    }
}
