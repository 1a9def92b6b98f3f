namespace Sequencer.Attestation;

/// <summary>
/// One image of a policy: its measurement and, where wanted, the certificate that signed it.
/// </summary>
public sealed record AcceptedImage
{
    public AcceptedImage(ImageMeasurement measurement, ReadOnlyMemory<byte>? pcr8 = null)
    {
        Measurement = measurement;
        if (pcr8 is not { } value)
            return;
        if (value.Length != AttestationDocument.PcrSize)
        {
            throw new ArgumentException(
                $"PCR8 has {value.Length} bytes, expected {AttestationDocument.PcrSize}.", nameof(pcr8));
        }

        Pcr8 = value.ToArray();
    }

    public ImageMeasurement Measurement { get; }

    /// <summary>The measurement of the signing certificate that is demanded; null demands none.</summary>
    public ReadOnlyMemory<byte>? Pcr8 { get; }

    public bool Equals(AcceptedImage? other) =>
        other is not null
        && Measurement == other.Measurement
        && Pcr8.HasValue == other.Pcr8.HasValue
        && Pcr8.GetValueOrDefault().Span.SequenceEqual(other.Pcr8.GetValueOrDefault().Span);

    public override int GetHashCode() => Measurement.GetHashCode();
}
