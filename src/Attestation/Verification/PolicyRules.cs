using System.Security.Cryptography;

namespace Sequencer.Attestation;

/// <summary>The rules that compare a document with what the policy demands.</summary>
internal static class PolicyRules
{
    private static readonly int[] ImagePcrs = [0, 1, 2];

    public static void CheckPresent(AttestationDocument document)
    {
        foreach (var index in ImagePcrs)
        {
            if (!document.Pcrs.ContainsKey(index))
            {
                throw new AttestationException(
                    AttestationError.PcrMissing, $"PCR{index} is missing: the document names no image.");
            }
        }
    }

    /// <summary>
    /// In debug mode PCR0, PCR1 and PCR2 are zero while PCR3 and PCR4 are not; the signature is as valid as
    /// any.
    /// </summary>
    public static ImageMeasurement ReadImage(AttestationDocument document)
    {
        foreach (var index in ImagePcrs)
        {
            if (!document.Pcrs[index].Span.ContainsAnyExcept((byte)0))
            {
                throw new AttestationException(AttestationError.DebugMode,
                    $"PCR{index} is all zero: the enclave ran in debug mode, where its memory can be read.");
            }
        }

        return new ImageMeasurement(document.Pcrs[0], document.Pcrs[1], document.Pcrs[2]);
    }

    public static string CheckImage(
        AttestationDocument document, ImageMeasurement image, AcceptedImages accepted)
    {
        ReadOnlyMemory<byte>? pcr8 = document.Pcrs.TryGetValue(8, out var value) ? value : null;
        if (accepted.Find(image, pcr8) is not null)
            return $"PCR0 {image}.";
        var words = accepted.Images.Any(candidate => candidate.Measurement == image)
            ? "is an accepted one, but its PCR8 (who signed it) is not"
            : $"is none of the {accepted.Images.Count} accepted (PCR0, PCR1 and PCR2 must all match)";
        throw new AttestationException(
            AttestationError.ImageNotAccepted, $"The image with PCR0 {image} {words}.");
    }

    public static void CheckField(
        ReadOnlyMemory<byte> wanted, ReadOnlyMemory<byte>? found, AttestationError error)
    {
        if (found is not { } bytes)
            throw new AttestationException(error, "The field is absent from the document.");
        if (!CryptographicOperations.FixedTimeEquals(wanted.Span, bytes.Span))
        {
            throw new AttestationException(error,
                $"The field is {Shown(bytes.Span)}, expected {Shown(wanted.Span)}.");
        }
    }

    public static string CheckAge(
        DateTimeOffset timestamp, DateTimeOffset instant, TimeSpan? maxAge, TimeSpan maxAhead)
    {
        var age = instant - timestamp;
        if (age < -maxAhead)
        {
            throw new AttestationException(AttestationError.FromFuture,
                $"The document is of {Words.Instant(timestamp)}, "
                + $"the time of verification is {Words.Instant(instant)}.");
        }

        if (age > maxAge)
        {
            throw new AttestationException(AttestationError.TooOld,
                $"The document is {Words.Duration(age)} old, "
                + $"expected at most {Words.Duration(maxAge.Value)}.");
        }

        return age < TimeSpan.Zero ? "Made just now." : $"{Words.Duration(age)} old.";
    }

    private static string Shown(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        0 => "empty",
        <= 64 => Convert.ToHexStringLower(bytes),
        _ => $"{Convert.ToHexStringLower(bytes[..64])}… ({bytes.Length} bytes)",
    };
}
