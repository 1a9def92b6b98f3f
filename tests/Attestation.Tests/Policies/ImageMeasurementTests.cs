namespace Sequencer.Attestation.Tests;

public class ImageMeasurementTests
{
    [Fact]
    public void Constructor_PcrOfAnotherLengthOrAllZero_IsRefused()
    {
        byte[] good = [1, .. new byte[47]];
        foreach (var bad in new[] { new byte[48], new byte[47], [], [1, .. new byte[48]] })
        {
            Refused(bad, good, good);
            Refused(good, bad, good);
            Refused(good, good, bad);
        }

        static void Refused(byte[] pcr0, byte[] pcr1, byte[] pcr2) =>
            FluentActions.Invoking(() => new ImageMeasurement(pcr0, pcr1, pcr2))
                .Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Equals_ComparesValuesAndKeepsThem()
    {
        byte[] pcr = [1, .. new byte[47]];
        byte[] other = [2, .. new byte[47]];
        var image = new ImageMeasurement(pcr, pcr, pcr);
        image.Should().Be(new ImageMeasurement(pcr.ToArray(), pcr.ToArray(), pcr.ToArray()));
        image.GetHashCode().Should().Be(new ImageMeasurement(pcr.ToArray(), pcr, pcr).GetHashCode());
        image.Should().NotBe(new ImageMeasurement(other, pcr, pcr));
        image.Should().NotBe(new ImageMeasurement(pcr, other, pcr));
        image.Should().NotBe(new ImageMeasurement(pcr, pcr, other));
        var before = image.ToString();
        pcr[0] = 9;
        image.ToString().Should().Be(before, "the caller's array is not the image's");
    }
}
