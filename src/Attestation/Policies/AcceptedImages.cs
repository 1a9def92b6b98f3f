namespace Sequencer.Attestation;

/// <summary>
/// The images a verifier accepts: one normally, several while an upgrade rolls out. A policy cannot be made
/// without it, so that no check of PCRs is ever left out by forgetting.
/// </summary>
public sealed class AcceptedImages
{
    /// <summary>Most images in one policy.</summary>
    public const int MaxCount = 64;

    /// <summary>Longest text that <see cref="Parse"/> reads, in characters.</summary>
    public const int MaxJsonChars = 1 << 20;

    /// <exception cref="ArgumentException">No image, or more than <see cref="MaxCount"/>.</exception>
    public AcceptedImages(IEnumerable<AcceptedImage> images)
    {
        AcceptedImage[] list = [.. images.Take(MaxCount + 1)];
        if (list.Length is 0 or > MaxCount)
            throw new ArgumentException($"A policy accepts 1 to {MaxCount} images.", nameof(images));
        Images = list;
    }

    /// <summary>One accepted image, without regard to who signed it.</summary>
    public AcceptedImages(ImageMeasurement image)
        : this([new AcceptedImage(image)])
    {
    }

    /// <summary>The accepted images, at least one.</summary>
    public IReadOnlyList<AcceptedImage> Images { get; }

    /// <summary>
    /// Reads the JSON of <c>nitro-cli describe-eif</c> or <c>build-enclave</c> (an object with
    /// <c>Measurements</c>), an object with <c>PCR0</c>, <c>PCR1</c>, <c>PCR2</c> and perhaps <c>PCR8</c>
    /// itself, or an array of such objects.
    /// </summary>
    /// <exception cref="FormatException">
    /// The text is none of these; the message says what is wrong.
    /// </exception>
    public static AcceptedImages Parse(string json) => new(AcceptedImagesJson.Read(json));

    /// <summary>An array of objects with the PCRs in hex, which <see cref="Parse"/> reads.</summary>
    public string ToJson() => AcceptedImagesJson.Write(Images);

    internal AcceptedImage? Find(ImageMeasurement image, ReadOnlyMemory<byte>? pcr8)
    {
        foreach (var accepted in Images)
        {
            if (accepted.Measurement == image
                && (accepted.Pcr8 is not { } wanted
                    || (pcr8 is { } found && wanted.Span.SequenceEqual(found.Span))))
            {
                return accepted;
            }
        }

        return null;
    }
}
