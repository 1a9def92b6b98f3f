using CsCheck;

namespace Sequencer.Eif.Tests;

public class EifMeasurementsTests
{
    /// <summary>PCR2 of every image with a single ramdisk: the measurement of nothing.</summary>
    private const string PcrOfNothing =
        "21b9efbc184807662e966d34f390821309eeac6802309798"
        + "826296bf3e8bec7c10edb30948c90ba67310f7b964fc500a";

    [Fact]
    public void Of_SmallImage_AreTheGoldenValues()
    {
        var measurements = EifMeasurements.Of(TestImages.Image);
        Hex(measurements.Pcr0).Should().Be(
            "8c57c1c2971598cacc70e497772299d0b0428d47b5bfba26"
            + "cd5260fc0790ad09c9302a707af27368632ab4534f5a6311");
        Hex(measurements.Pcr1).Should().Be(
            "de64c4651c59a9bdab8662803e4f2ba12cf5a4ff53b9a1e3"
            + "13db1219a82b763367554cbb970d028c3a1d72ccd759ae23");
        Hex(measurements.Pcr2).Should().Be(
            "d8cf52b52e658cac8dd302b75986082fffb68b351a202086"
            + "9068d37e67165e2bade3ba4717565e8ee5a42a88bdd437f4");
        measurements.Pcr8.Should().BeNull();
    }

    [Fact]
    public void Of_OneRamdisk_Pcr2IsTheMeasurementOfNothing()
    {
        var file = (TestImages.Builder with { Ramdisks = [(byte[])[1]] }).Build();
        Hex(EifMeasurements.Of(EifFile.Parse(file)).Pcr2).Should().Be(PcrOfNothing);
    }

    [Fact]
    public void Of_AnyImage_AreThoseOfASecondComputation() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 300].Array[1, 28]).Sample((kernel, ramdisks) =>
        {
            var file = (TestImages.Builder with
            {
                Kernel = kernel,
                Ramdisks = [.. ramdisks.Select(ramdisk => (ReadOnlyMemory<byte>)ramdisk)],
            }).Build();
            var measurements = EifMeasurements.Of(EifFile.Parse(file));
            var commandLine = "console=ttyS0"u8.ToArray();
            measurements.Pcr0.ToArray().Should().Equal(Independent.Pcr([kernel, commandLine, .. ramdisks]));
            measurements.Pcr1.ToArray().Should().Equal(Independent.Pcr(kernel, commandLine, ramdisks[0]));
            measurements.Pcr2.ToArray().Should().Equal(Independent.Pcr(ramdisks[1..]));
        }, iter: 100);

    [Fact]
    public void Of_OtherMetadata_AreUnchanged()
    {
        var other = TestImages.Builder with { Metadata = TestImages.Metadata with { ImageName = "other" } };
        var measurements = EifMeasurements.Of(EifFile.Parse(other.Build()));
        Hex(measurements.Pcr0).Should().Be(Hex(EifMeasurements.Of(TestImages.Image).Pcr0));
    }

    /// <summary>Why the three are compared together: PCR0 alone does not see where a ramdisk ends.</summary>
    [Fact]
    public void Of_ByteMovedBetweenRamdisks_ChangesPcr1AndPcr2ButNotPcr0()
    {
        var moved = TestImages.Builder with { Ramdisks = [(byte[])[1, 2, 3, 4], (byte[])[5], (byte[])[6]] };
        var original = EifMeasurements.Of(TestImages.Image);
        var measurements = EifMeasurements.Of(EifFile.Parse(moved.Build()));
        Hex(measurements.Pcr0).Should().Be(Hex(original.Pcr0));
        Hex(measurements.Pcr1).Should().NotBe(Hex(original.Pcr1));
        Hex(measurements.Pcr2).Should().NotBe(Hex(original.Pcr2));
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
