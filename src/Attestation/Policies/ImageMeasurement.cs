namespace Sequencer.Attestation;

/// <summary>
/// What identifies an enclave image: PCR0 (all of it), PCR1 (kernel, command line, first ramdisk) and PCR2
/// (the other ramdisks), 48 bytes each. Always the three together: the boundaries between the image's
/// sections are not measured in PCR0, and PCR1 is shared by unrelated images.
/// </summary>
public sealed record ImageMeasurement
{
    /// <exception cref="ArgumentException">A PCR is not 48 bytes, or all zero as in debug mode.</exception>
    public ImageMeasurement(ReadOnlyMemory<byte> pcr0, ReadOnlyMemory<byte> pcr1, ReadOnlyMemory<byte> pcr2)
    {
        Pcr0 = Checked(pcr0, nameof(pcr0));
        Pcr1 = Checked(pcr1, nameof(pcr1));
        Pcr2 = Checked(pcr2, nameof(pcr2));
    }

    public ReadOnlyMemory<byte> Pcr0 { get; }

    public ReadOnlyMemory<byte> Pcr1 { get; }

    public ReadOnlyMemory<byte> Pcr2 { get; }

    public bool Equals(ImageMeasurement? other) =>
        other is not null
        && Pcr0.Span.SequenceEqual(other.Pcr0.Span)
        && Pcr1.Span.SequenceEqual(other.Pcr1.Span)
        && Pcr2.Span.SequenceEqual(other.Pcr2.Span);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Pcr0.Span);
        hash.AddBytes(Pcr1.Span);
        hash.AddBytes(Pcr2.Span);
        return hash.ToHashCode();
    }

    /// <summary>PCR0 in lower-case hex: what people compare.</summary>
    public override string ToString() => Convert.ToHexStringLower(Pcr0.Span);

    private static byte[] Checked(ReadOnlyMemory<byte> value, string name)
    {
        if (value.Length != AttestationDocument.PcrSize)
        {
            throw new ArgumentException(
                $"A PCR has {value.Length} bytes, expected {AttestationDocument.PcrSize}.", name);
        }

        return value.Span.ContainsAnyExcept((byte)0)
            ? value.ToArray()
            : throw new ArgumentException("A PCR of an image is all zero, as in debug mode.", name);
    }
}
