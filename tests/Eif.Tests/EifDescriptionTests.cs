using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sequencer.Eif.Tests;

public class EifDescriptionTests
{
    [Fact]
    public void ToJson_UnsignedImage_HasTheFieldsOfNitroCliInItsOrder()
    {
        using var json = Describe(TestImages.Image);
        Names(json.RootElement).Should().Equal(
            "EifVersion", "Measurements", "IsSigned", "CheckCRC", "ImageName", "ImageVersion", "Metadata");
        Names(json.RootElement.GetProperty("Measurements")).Should().Equal(
            "HashAlgorithm", "PCR0", "PCR1", "PCR2");
        Names(json.RootElement.GetProperty("Metadata")).Should().Equal(
            "BuildTime", "BuildTool", "BuildToolVersion", "OperatingSystem", "KernelVersion", "DockerInfo");
        json.RootElement.GetProperty("EifVersion").GetInt32().Should().Be(4);
        json.RootElement.GetProperty("IsSigned").GetBoolean().Should().BeFalse();
        json.RootElement.GetProperty("CheckCRC").GetBoolean().Should().BeTrue();
        var measurements = json.RootElement.GetProperty("Measurements");
        measurements.GetProperty("HashAlgorithm").GetString().Should().Be("Sha384 { ... }");
        measurements.GetProperty("PCR0").GetString().Should().MatchRegex("^[0-9a-f]{96}$");
    }

    [Fact]
    public void ToJson_SignedImage_NamesTheSigner()
    {
        using var json = Describe(TestImages.Signed(out _));
        Names(json.RootElement).Should().Equal(
            "EifVersion", "Measurements", "IsSigned", "SigningCertificate", "CheckCRC", "SignatureCheck",
            "ImageName", "ImageVersion", "Metadata");
        json.RootElement.GetProperty("SignatureCheck").GetBoolean().Should().BeTrue();
        json.RootElement.GetProperty("Measurements").GetProperty("PCR8").GetString()
            .Should().MatchRegex("^[0-9a-f]{96}$");
        var certificate = json.RootElement.GetProperty("SigningCertificate");
        Names(certificate).Should().Equal("IssuerName", "Algorithm", "NotBefore", "NotAfter", "Signature");
        Names(certificate.GetProperty("IssuerName")).Should().Equal(
            "commonName", "countryName", "organizationName");
        certificate.GetProperty("IssuerName").GetProperty("commonName").GetString()
            .Should().Be("image signer");
        certificate.GetProperty("Algorithm").GetString().Should().Be("ecdsa-with-SHA384");
        certificate.GetProperty("NotBefore").GetString().Should().Be("May 26 19:00:00 2026 GMT");
        certificate.GetProperty("Signature").GetString()
            .Should().MatchRegex("^([0-9A-F]{2}:){90,}[0-9A-F]{2}$");
    }

    [Fact]
    public void ToJson_CustomMetadata_IsSpreadAmongTheFields()
    {
        var custom = new JsonObject { ["KernelSha256"] = "00" };
        var metadata = TestImages.Metadata with { CustomMetadata = custom };
        using var json = Describe(EifFile.Parse((TestImages.Builder with { Metadata = metadata }).Build()));
        Names(json.RootElement.GetProperty("Metadata"))[^1].Should().Be("KernelSha256");
    }

    [Fact]
    public void ToJson_CustomMetadataWithTheNameOfAField_IsNotThereTwice()
    {
        var custom = new JsonObject { ["BuildTime"] = "never", ["KernelSha256"] = "00" };
        var metadata = TestImages.Metadata with { CustomMetadata = custom };
        using var json = Describe(EifFile.Parse((TestImages.Builder with { Metadata = metadata }).Build()));
        Names(json.RootElement.GetProperty("Metadata")).Should().OnlyHaveUniqueItems().And.Contain("KernelSha256");
        json.RootElement.GetProperty("Metadata").GetProperty("BuildTime").GetString()
            .Should().Be(TestImages.Metadata.BuildTime);
    }

    [Fact]
    public void ToJson_Version3Image_HasNoMetadata()
    {
        var image = EifFile.Parse(EifBuilder.Assemble(3, [.. TestImages.Image.Sections
            .Where(section => section.Type != EifSectionType.Metadata)]));
        using var json = Describe(image);
        Names(json.RootElement).Should().Equal("EifVersion", "Measurements", "IsSigned", "CheckCRC");
    }

    private static JsonDocument Describe(EifFile image) =>
        JsonDocument.Parse(EifDescription.Of(image).ToJson());

    private static string[] Names(JsonElement element) =>
        [.. element.EnumerateObject().Select(property => property.Name)];
}
