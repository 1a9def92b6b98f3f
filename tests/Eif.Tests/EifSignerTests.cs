using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sequencer.Eif.Tests;

public class EifSignerTests
{
    [Fact]
    public void Sign_Image_CoversItAndKeepsItsOtherMeasurements()
    {
        var signed = TestImages.Signed(out var pem);
        var (before, after) = (EifMeasurements.Of(TestImages.Image), EifMeasurements.Of(signed));
        EifSignature.Read(signed)!.Covers(signed).Should().BeTrue();
        after.Pcr0.ToArray().Should().Equal(before.Pcr0.ToArray());
        after.Pcr1.ToArray().Should().Equal(before.Pcr1.ToArray());
        after.Pcr2.ToArray().Should().Equal(before.Pcr2.ToArray());
        using var certificate = X509Certificate2.CreateFromPem(pem);
        after.Pcr8!.Value.ToArray().Should().Equal(Independent.Pcr(certificate.RawData));
    }

    /// <summary>AWS's tools read arrays of integers, and a message without the COSE tag.</summary>
    [Fact]
    public void Sign_Image_WritesTheSectionAsAwsToolsDo()
    {
        var signed = TestImages.Signed(out var pem);
        var reader = new CborReader(signed.SignatureSection!.Value);
        reader.ReadStartArray().Should().Be(1);
        reader.ReadStartMap().Should().Be(2);
        reader.ReadTextString().Should().Be("signing_certificate");
        Encoding.UTF8.GetString(ReadIntegers(reader)).Should().Be(pem);
        reader.ReadTextString().Should().Be("signature");
        var message = ReadIntegers(reader);
        Convert.ToHexStringLower(message.AsSpan(0, 8))
            .Should().Be("8444a1013822a058", "it is untagged and ES384");
        Independent.Pcr("kernel"u8.ToArray(), "console=ttyS0"u8.ToArray(), [1, 2, 3, 4, 5, 6])
            .Should().Equal(SignedRegister(message));
    }

    [Fact]
    public void Sign_SignedImage_ReplacesTheSignature()
    {
        var signed = TestImages.Signed(out _);
        var (certificate, key) = TestImages.SigningPair();
        var again = EifFile.Parse(EifSigner.Sign(signed, certificate, key, TestImages.Now));
        again.Sections.Should().HaveCount(signed.Sections.Count);
        EifSignature.Read(again)!.Covers(again).Should().BeTrue();
        EifMeasurements.Of(again).Pcr8!.Value.ToArray().Should().NotEqual(
            EifMeasurements.Of(signed).Pcr8!.Value.ToArray());
    }

    [Fact]
    public void Sign_Version3Image_KeepsItsVersion()
    {
        var old = EifFile.Parse(EifBuilder.Assemble(3, [.. TestImages.Image.Sections
            .Where(section => section.Type != EifSectionType.Metadata)]));
        var (certificate, key) = TestImages.SigningPair();
        EifFile.Parse(EifSigner.Sign(old, certificate, key, TestImages.Now)).Version.Should().Be(3);
    }

    [Fact]
    public void Covers_SignatureOfAnotherImage_IsFalse()
    {
        var signature = TestImages.Signed(out _).Sections[^1];
        var other = TestImages.Builder with { Kernel = "Kernel"u8.ToArray() };
        var sections = EifFile.Parse(other.Build()).Sections.Append(signature);
        var image = EifFile.Parse(EifBuilder.Assemble(4, [.. sections]));
        EifSignature.Read(image)!.Covers(image).Should().BeFalse();
    }

    [Fact]
    public void Covers_CertificateOfSomeoneElse_IsFalse()
    {
        var message = EifSignature.Read(TestImages.Signed(out _))!.CoseSign1;
        var stranger = TestImages.SigningPair().Certificate;
        var image = WithSignature(EifSignature.Encode(stranger, message.Span));
        EifSignature.Read(image)!.Covers(image).Should().BeFalse();
    }

    [Fact]
    public void Covers_AnyChangedByteOfTheMessage_IsFalse()
    {
        var signature = EifSignature.Read(TestImages.Signed(out var pem))!;
        for (var i = 0; i < signature.CoseSign1.Length; i++)
        {
            var message = signature.CoseSign1.ToArray();
            message[i] ^= 1;
            var image = WithSignature(EifSignature.Encode(pem, message));
            EifSignature.Read(image)!.Covers(image).Should().BeFalse($"byte {i} was changed");
        }
    }

    [Fact]
    public void Sign_KeyOfAnotherCertificate_IsRefused() =>
        Signing(TestImages.SigningPair().Certificate, TestImages.SigningPair().Key)
            .ShouldBeRefused(EifError.BadPrivateKey);

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void Sign_WhatIsNoKey_IsRefused(string key) =>
        Signing(TestImages.SigningPair().Certificate, key).ShouldBeRefused(EifError.BadPrivateKey);

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void Sign_WhatIsNoCertificate_IsRefused(string certificate) =>
        Signing(certificate, TestImages.SigningPair().Key).ShouldBeRefused(EifError.BadCertificate);

    [Fact]
    public void Sign_KeyOnAnotherCurve_IsRefused()
    {
        var (certificate, key) = TestImages.SigningPair(ECCurve.NamedCurves.nistP256);
        Signing(certificate, key).ShouldBeRefused(EifError.BadCertificate);
    }

    [Theory]
    [InlineData(-366)]
    [InlineData(1)]
    public void Sign_CertificateNotValidNow_IsRefused(int validFromDays)
    {
        var (certificate, key) = TestImages.SigningPair(validFromDays: validFromDays);
        Signing(certificate, key).ShouldBeRefused(EifError.BadCertificate);
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("80", "an empty array")]
    [InlineData("82a0a0", "two signatures")]
    [InlineData("81a0", "an empty map")]
    [InlineData("81a2697369676e61747572658069", "half of it")]
    [InlineData("81a2697369676e617475726580697369676e617475726580", "the same key twice")]
    [InlineData("81a2697369676e61747572658063666f6f80", "an unknown key")]
    [InlineData("81a2697369676e61747572659a7fffffff", "an array of two billion")]
    [InlineData("81a2697369676e61747572659f", "an array of no stated length")]
    [InlineData("81a2697369676e617475726581190100", "an integer above 255")]
    [InlineData("81a2697369676e61747572658120", "a negative integer")]
    [InlineData("a0", "a map")]
    public void Read_SectionThatIsNotTheExpectedCbor_IsRefused(string hex, string why)
    {
        why.Should().NotBeEmpty();
        var image = WithSignature(Convert.FromHexString(hex));
        FluentActions.Invoking(() => EifSignature.Read(image)).ShouldBeRefused(EifError.BadSignatureSection);
    }

    [Fact]
    public void Read_BytesAfterTheCbor_IsRefused()
    {
        var image = WithSignature([.. TestImages.Signed(out _).SignatureSection!.Value.Span, 0]);
        FluentActions.Invoking(() => EifSignature.Read(image)).ShouldBeRefused(EifError.BadSignatureSection);
    }

    private static Action Signing(string certificate, string key) =>
        () => EifSigner.Sign(TestImages.Image, certificate, key, TestImages.Now);

    private static EifFile WithSignature(byte[] section) => EifFile.Parse(
        EifBuilder.Assemble(4, [.. TestImages.Image.Sections, new(EifSectionType.Signature, section)]));

    private static byte[] ReadIntegers(CborReader reader)
    {
        var bytes = new byte[reader.ReadStartArray()!.Value];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)reader.ReadUInt32();
        reader.ReadEndArray();
        return bytes;
    }

    private static byte[] SignedRegister(byte[] message)
    {
        var reader = new CborReader(message);
        reader.ReadStartArray();
        reader.SkipValue();
        reader.SkipValue();
        var payload = new CborReader(reader.ReadByteString());
        payload.ReadStartMap().Should().Be(2);
        payload.ReadTextString().Should().Be("register_index");
        payload.ReadInt32().Should().Be(0);
        payload.ReadTextString().Should().Be("register_value");
        return ReadIntegers(payload);
    }
}
