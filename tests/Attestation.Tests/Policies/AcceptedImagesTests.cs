using CsCheck;

namespace Sequencer.Attestation.Tests;

public class AcceptedImagesTests
{
    private static readonly string Pcr0 = new('a', 96);
    private static readonly string Pcr1 = new('b', 96);
    private static readonly string Pcr2 = new('c', 96);
    private static readonly string Pcr8 = new('d', 96);

    private static string Pcrs => $"\"PCR0\": \"{Pcr0}\", \"PCR1\": \"{Pcr1}\", \"PCR2\": \"{Pcr2}\"";

    [Fact]
    public void Parse_DescribeEif_ReadsItsMeasurements()
    {
        var images = AcceptedImages.Parse($$"""
            {
              "EifVersion": 4,
              "Measurements": { "HashAlgorithm": "Sha384 { ... }", {{Pcrs}}, "PCR8": "{{Pcr8}}" },
              "IsSigned": true, "CheckCRC": true, "ImageName": "x", "Metadata": { "PCR9": 1 }
            }
            """);
        var image = images.Images.Should().ContainSingle().Subject;
        image.Measurement.ToString().Should().Be(Pcr0);
        Convert.ToHexStringLower(image.Measurement.Pcr1.Span).Should().Be(Pcr1);
        Convert.ToHexStringLower(image.Measurement.Pcr2.Span).Should().Be(Pcr2);
        Convert.ToHexStringLower(image.Pcr8!.Value.Span).Should().Be(Pcr8);
    }

    [Fact]
    public void Parse_BuildEnclave_ReadsItsMeasurements()
    {
        AcceptedImages.Parse($$"""{ "Measurements": { "HashAlgorithm": "Sha384 { ... }", {{Pcrs}} } }""")
            .Images.Should().ContainSingle().Which.Pcr8.Should().BeNull();
    }

    [Fact]
    public void Parse_BarePcrsOrAnArrayOfEitherForm_IsRead()
    {
        AcceptedImages.Parse($$"""{ {{Pcrs}} }""").Images.Should().HaveCount(1);
        AcceptedImages.Parse($$"""[ { {{Pcrs}} }, { "Measurements": { {{Pcrs}} } } ]""").Images
            .Should().HaveCount(2);
    }

    [Fact]
    public void Parse_HexInCapitals_IsTheSame()
    {
        AcceptedImages.Parse($$"""{ {{Pcrs}} }""".Replace(Pcr0, Pcr0.ToUpperInvariant())).Images
            .Should().Equal(AcceptedImages.Parse($$"""{ {{Pcrs}} }""").Images);
    }

    [Theory]
    [InlineData("PCR0")]
    [InlineData("PCR1")]
    [InlineData("PCR2")]
    public void Parse_APcrMissing_IsRefusedByName(string missing)
    {
        Refused($$"""{ {{Pcrs.Replace(missing, "Other")}} }""").Should().Contain(missing);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("5")]
    [InlineData("\"PCR0\"")]
    [InlineData("[null]")]
    [InlineData("[[]]")]
    [InlineData("{\"Measurements\": null}")]
    [InlineData("{\"Measurements\": []}")]
    [InlineData("{\"Measurements\": {}}")]
    [InlineData("{\"PCR0\": ")]
    [InlineData("{} {}")]
    public void Parse_NoListOfImages_IsRefused(string json)
    {
        Refused(json).Should().NotBeEmpty();
    }

    [Theory]
    [InlineData("\"aa\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    public void Parse_PcrThatIsNo48BytesOfHex_IsRefused(string value)
    {
        Refused($$"""{ {{Pcrs.Replace($"\"{Pcr1}\"", value)}} }""").Should().Contain("PCR1");
        Refused($$"""{ {{Pcrs}}, "PCR8": {{value}} }""").Should().Contain("PCR8");
    }

    [Fact]
    public void Parse_PcrWithAPrefixOrALetterTooMuch_IsRefused()
    {
        Refused($$"""{ {{Pcrs.Replace(Pcr0, "0x" + Pcr0[2..])}} }""").Should().Contain("PCR0");
        Refused($$"""{ {{Pcrs.Replace(Pcr0, Pcr0[1..] + "g")}} }""").Should().Contain("PCR0");
        Refused($$"""{ {{Pcrs.Replace(Pcr0, Pcr0[1..] + "é")}} }""").Should().Contain("PCR0");
    }

    /// <summary>What nitro-cli prints for a debug enclave: whoever pastes that here gets told.</summary>
    [Fact]
    public void Parse_AllZeroPcr_IsRefusedAsDebug()
    {
        foreach (var pcr in new[] { Pcr0, Pcr1, Pcr2 })
            Refused($$"""{ {{Pcrs.Replace(pcr, new string('0', 96))}} }""").Should().Contain("debug");
    }

    [Fact]
    public void Parse_PcrThatWouldNotBeCompared_IsRefused()
    {
        Refused($$"""{ {{Pcrs}}, "PCR3": "{{Pcr8}}" }""").Should().Contain("PCR3");
        Refused($$"""{ {{Pcrs}}, "pcr8": "{{Pcr8}}" }""").Should().Contain("pcr8");
    }

    [Theory]
    [InlineData("PCR8")]
    [InlineData("PCR3")]
    [InlineData("pcr0")]
    public void Parse_APcrBesideTheMeasurements_IsRefused(string pcr) =>
        Refused($$"""{ "Measurements": { {{Pcrs}} }, "{{pcr}}": "{{Pcr8}}" }""")
            .Should().Contain($"has {pcr} beside Measurements");

    [Theory]
    [InlineData("\"x\\ud800\": 1")]
    [InlineData("\"PCR8\": \"\\ud800\"")]
    [InlineData("\"HashAlgorithm\": \"\\ud800\"")]
    public void Parse_ATextThatIsHalfOfASurrogatePair_IsRefused(string property) =>
        Refused($$"""{ {{Pcrs}}, {{property}} }""").Should().Contain("Unicode");

    [Fact]
    public void Parse_PcrTwice_IsRefused()
    {
        Refused($$"""{ {{Pcrs}}, "PCR0": "{{Pcr8}}" }""").Should().Contain("PCR0");
    }

    [Theory]
    [InlineData("\"Sha256\"")]
    [InlineData("\"\"")]
    [InlineData("384")]
    public void Parse_AnotherHash_IsRefused(string hash)
    {
        Refused($$"""{ "HashAlgorithm": {{hash}}, {{Pcrs}} }""").Should().Contain("HashAlgorithm");
    }

    [Fact]
    public void Parse_TooManyImagesOrTooLongOrTooDeep_IsRefused()
    {
        var one = $$"""{ {{Pcrs}} }""";
        AcceptedImages.Parse($"[{string.Join(',', Enumerable.Repeat(one, 64))}]").Images
            .Should().HaveCount(64);
        Refused($"[{string.Join(',', Enumerable.Repeat(one, 65))}]").Should().Contain("65");
        Refused(new string(' ', AcceptedImages.MaxJsonChars + 1)).Should().Contain("1048577");
        Refused(new string('[', 100_000)).Should().NotBeEmpty();
    }

    [Fact]
    public void ToJson_OfAnyImages_IsReadBack()
    {
        var pcr = Gen.Byte.Array[48].Where(bytes => bytes.AsSpan().ContainsAnyExcept((byte)0));
        var image = Gen.Select(pcr, pcr, pcr, Gen.Bool, pcr).Select((pcr0, pcr1, pcr2, isSigned, pcr8) =>
            isSigned
                ? new AcceptedImage(new ImageMeasurement(pcr0, pcr1, pcr2), pcr8)
                : new AcceptedImage(new ImageMeasurement(pcr0, pcr1, pcr2)));
        image.Array[1, 8].Sample(
            images => AcceptedImages.Parse(new AcceptedImages(images).ToJson()).Images.Should().Equal(images),
            iter: 200);
    }

    [Fact]
    public void Parse_RandomOrMutatedText_NeverFailsOtherwise()
    {
        var good = DocumentForge.Images.ToJson();
        Gen.String[0, 60].Sample(Try, iter: 2_000);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 40], Gen.String[0, 6]).Sample(
            (at, length, text) => Try(good[..at] + text + good[Math.Min(good.Length, at + length)..]),
            iter: 5_000);

        static void Try(string json)
        {
            try
            {
                AcceptedImages.Parse(json).Images.Should().NotBeEmpty();
            }
            catch (FormatException exception)
            {
                exception.Message.Should().NotBeEmpty();
            }
        }
    }

    [Fact]
    public void Constructor_NoImages_IsRefused() =>
        FluentActions.Invoking(() => new AcceptedImages([])).Should().Throw<ArgumentException>();

    private static string Refused(string json) =>
        FluentActions.Invoking(() => AcceptedImages.Parse(json))
            .Should().Throw<FormatException>().Which.Message;
}
