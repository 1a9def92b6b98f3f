using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sequencer.Attestation;

/// <summary>The JSON form of <see cref="AcceptedImages"/>.</summary>
internal static class AcceptedImagesJson
{
    private static readonly JsonDocumentOptions ReadOptions = new()
    {
        MaxDepth = 32,
        AllowDuplicateProperties = false,
    };

    private static readonly JsonWriterOptions WriteOptions = new() { Indented = true, NewLine = "\n" };

    public static IReadOnlyList<AcceptedImage> Read(string json)
    {
        if (json.Length > AcceptedImages.MaxJsonChars)
        {
            throw new FormatException(
                $"The list of images has {json.Length} characters, "
                + $"expected at most {AcceptedImages.MaxJsonChars}.");
        }

        try
        {
            using var document = JsonDocument.Parse(json, ReadOptions);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? ReadArray(document.RootElement)
                : [ReadImage(document.RootElement, "The image")];
        }
        catch (JsonException exception)
        {
            throw new FormatException(
                $"The list of images is not valid JSON: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // What the framework throws for a text that is half of a surrogate pair.
            throw new FormatException("The list of images has a text that is not Unicode.", exception);
        }
    }

    public static string Write(IReadOnlyList<AcceptedImage> images)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriteOptions))
        {
            writer.WriteStartArray();
            foreach (var image in images)
            {
                writer.WriteStartObject();
                writer.WriteString("PCR0", Convert.ToHexStringLower(image.Measurement.Pcr0.Span));
                writer.WriteString("PCR1", Convert.ToHexStringLower(image.Measurement.Pcr1.Span));
                writer.WriteString("PCR2", Convert.ToHexStringLower(image.Measurement.Pcr2.Span));
                if (image.Pcr8 is { } pcr8)
                    writer.WriteString("PCR8", Convert.ToHexStringLower(pcr8.Span));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static List<AcceptedImage> ReadArray(JsonElement array)
    {
        var count = array.GetArrayLength();
        if (count is 0 or > AcceptedImages.MaxCount)
        {
            throw new FormatException(
                $"The list has {count} images, expected 1 to {AcceptedImages.MaxCount}.");
        }

        var images = new List<AcceptedImage>(count);
        foreach (var element in array.EnumerateArray())
            images.Add(ReadImage(element, $"Image {images.Count + 1}"));
        return images;
    }

    private static AcceptedImage ReadImage(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new FormatException($"{name} is {InWords(element)}, expected an object.");
        if (!element.TryGetProperty("Measurements", out var measurements))
            return ReadPcrs(element, name);
        if (measurements.ValueKind != JsonValueKind.Object)
            throw new FormatException($"{name}: Measurements is {InWords(measurements)}, expected an object.");
        foreach (var property in element.EnumerateObject().Where(IsPcr))
            throw new FormatException(
                $"{name} has {property.Name} beside Measurements: put it into them, or remove it.");
        return ReadPcrs(measurements, name);
    }

    private static AcceptedImage ReadPcrs(JsonElement set, string name)
    {
        foreach (var property in set.EnumerateObject())
            CheckProperty(property, name);
        var pcr0 = RequiredPcr(set, "PCR0", name);
        var pcr1 = RequiredPcr(set, "PCR1", name);
        var pcr2 = RequiredPcr(set, "PCR2", name);
        return new AcceptedImage(new ImageMeasurement(pcr0, pcr1, pcr2), ReadPcr(set, "PCR8", name));
    }

    /// <summary>A PCR that would not be compared must not look as if it were.</summary>
    private static void CheckProperty(JsonProperty property, string name)
    {
        if (property.NameEquals("HashAlgorithm"))
        {
            if (property.Value.ValueKind != JsonValueKind.String
                || !property.Value.GetString()!.StartsWith("Sha384", StringComparison.OrdinalIgnoreCase))
            {
                throw new FormatException($"{name}: HashAlgorithm is not Sha384.");
            }
        }
        else if (IsPcr(property) && property.Name is not ("PCR0" or "PCR1" or "PCR2" or "PCR8"))
        {
            throw new FormatException(
                $"{name} has {property.Name}: only PCR0, PCR1, PCR2 and PCR8 can be demanded. Remove it.");
        }
    }

    private static bool IsPcr(JsonProperty property) =>
        property.Name.StartsWith("PCR", StringComparison.OrdinalIgnoreCase);

    private static ReadOnlyMemory<byte> RequiredPcr(JsonElement set, string pcr, string name)
    {
        if (ReadPcr(set, pcr, name) is not { } value)
            throw new FormatException($"{name} has no {pcr}: PCR0, PCR1 and PCR2 are needed together.");
        return value.Span.ContainsAnyExcept((byte)0)
            ? value
            : throw new FormatException(
                $"{name} has {pcr} all zero: that is a debug enclave, which is never accepted.");
    }

    private static ReadOnlyMemory<byte>? ReadPcr(JsonElement set, string pcr, string name)
    {
        if (!set.TryGetProperty(pcr, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw new FormatException($"{name}: {pcr} is {InWords(value)}, expected hex in a string.");
        var hex = value.GetString()!;
        if (hex.Length != 2 * AttestationDocument.PcrSize || !hex.All(char.IsAsciiHexDigit))
        {
            throw new FormatException(
                $"{name}: {pcr} is not {2 * AttestationDocument.PcrSize} hexadecimal digits.");
        }

        return new ReadOnlyMemory<byte>(Convert.FromHexString(hex));
    }

    private static string InWords(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
