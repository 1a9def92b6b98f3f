using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sequencer.Eif;

/// <summary>
/// What <c>nitro-cli describe-eif</c> prints of an image, field for field; also the form of a list of
/// accepted images.
/// </summary>
public sealed class EifDescription
{
    private readonly CertificateDescription? _certificate;

    private EifDescription(EifFile image, EifMeasurements measurements, EifSignature? signature)
    {
        Image = image;
        Measurements = measurements;
        Signature = signature;
        SignatureHolds = signature?.Covers(image);
        _certificate = signature is null ? null : CertificateDescription.Of(signature.Certificate);
    }

    public EifFile Image { get; }

    public EifMeasurements Measurements { get; }

    public EifSignature? Signature { get; }

    /// <summary>Null when the image is not signed.</summary>
    public bool? SignatureHolds { get; }

    /// <exception cref="EifException">When the image's signature section or its certificate cannot be read.
    /// </exception>
    public static EifDescription Of(EifFile image) =>
        new(image, EifMeasurements.Of(image), EifSignature.Read(image));

    /// <summary>Indented JSON, without a newline at its end.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(
            buffer, new() { Indented = true, Encoder = EifMetadata.PlainText }))
        {
            Write(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("EifVersion"u8, Image.Version);
        WriteMeasurements(writer);
        writer.WriteBoolean("IsSigned"u8, Signature is not null);
        if (Signature is not null)
            _certificate!.Write(writer);
        // A file whose checksum is wrong was refused before it could be described.
        writer.WriteBoolean("CheckCRC"u8, true);
        if (SignatureHolds is { } holds)
            writer.WriteBoolean("SignatureCheck"u8, holds);
        if (Image.Metadata is { } metadata)
        {
            writer.WriteString("ImageName"u8, metadata.ImageName);
            writer.WriteString("ImageVersion"u8, metadata.ImageVersion);
            WriteMetadata(writer, metadata);
        }

        writer.WriteEndObject();
    }

    private void WriteMeasurements(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("Measurements"u8);
        writer.WriteString("HashAlgorithm"u8, "Sha384 { ... }");
        writer.WriteString("PCR0"u8, Convert.ToHexStringLower(Measurements.Pcr0.Span));
        writer.WriteString("PCR1"u8, Convert.ToHexStringLower(Measurements.Pcr1.Span));
        writer.WriteString("PCR2"u8, Convert.ToHexStringLower(Measurements.Pcr2.Span));
        if (Measurements.Pcr8 is { } pcr8)
            writer.WriteString("PCR8"u8, Convert.ToHexStringLower(pcr8.Span));
        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, EifMetadata metadata)
    {
        writer.WriteStartObject("Metadata"u8);
        writer.WriteString("BuildTime"u8, metadata.BuildTime);
        writer.WriteString("BuildTool"u8, metadata.BuildTool);
        writer.WriteString("BuildToolVersion"u8, metadata.BuildToolVersion);
        writer.WriteString("OperatingSystem"u8, metadata.OperatingSystem);
        writer.WriteString("KernelVersion"u8, metadata.KernelVersion);
        writer.WritePropertyName("DockerInfo"u8);
        WriteNode(writer, metadata.DockerInfo);
        // nitro-cli spreads a custom object out among the fields above; one of their names would stand there twice.
        foreach (var (name, value) in metadata.CustomMetadata as JsonObject ?? [])
        {
            if (EifMetadata.IsField(name))
                continue;
            writer.WritePropertyName(name);
            WriteNode(writer, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter writer, JsonNode? node)
    {
        if (node is null)
            writer.WriteNullValue();
        else
            node.WriteTo(writer);
    }
}
