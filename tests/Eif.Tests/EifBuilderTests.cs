using System.Buffers.Binary;
using CsCheck;

namespace Sequencer.Eif.Tests;

public class EifBuilderTests
{
    /// <summary>
    /// SHA-384 of the whole image of <see cref="TestImages.Builder"/>, computed outside this code base by a
    /// script written from the specification.
    /// </summary>
    private const string GoldenSha384 =
        "caf4a3dc4c20d0ddba3073f5d33b12c70f919bfc6c1e6520"
        + "246be0a516e6ba0bb891a7a68011131ae6b01be24b5dc6cc";

    [Fact]
    public void Build_SmallImage_IsTheGoldenFile() =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA384.HashData(TestImages.Builder.Build()))
            .Should().Be(GoldenSha384);

    [Fact]
    public void Build_Header_HasTheFieldsOfTheSpecification()
    {
        var file = TestImages.Builder.Build();
        Convert.ToHexStringLower(file.AsSpan(0, 28)).Should().Be(
            "2e656966" + "0004" + "0000" + "0000000040000000" + "0000000000000002" + "0000" + "0006");
        BinaryPrimitives.ReadUInt64BigEndian(file.AsSpan(28)).Should().Be(548);
        BinaryPrimitives.ReadUInt64BigEndian(file.AsSpan(36)).Should().Be(548 + 12 + 6);
        BinaryPrimitives.ReadUInt64BigEndian(file.AsSpan(284)).Should().Be(6);
        Convert.ToHexStringLower(file.AsSpan(548, 18)).Should().Be(
            "0001" + "0000" + "0000000000000006" + "6b65726e656c");
        BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(544)).Should().Be(Independent.Crc(file));
    }

    [Fact]
    public void Build_ThenParse_GivesThePartsBack() =>
        Gen.Select(
            Gen.Byte.Array[0, 300], Gen.Char[' ', '~'].Array[1, 200], Gen.Byte.Array[0, 300].Array[1, 28])
            .Sample((kernel, commandLine, ramdisks) =>
            {
                var builder = TestImages.Builder with
                {
                    Kernel = kernel,
                    CommandLine = new string(commandLine),
                    Ramdisks = [.. ramdisks.Select(ramdisk => (ReadOnlyMemory<byte>)ramdisk)],
                };
                var file = builder.Build();
                var image = EifFile.Parse(file);
                image.Kernel.ToArray().Should().Equal(kernel);
                image.CommandLine.Should().Be(builder.CommandLine);
                image.Ramdisks.Select(ramdisk => ramdisk.ToArray()).Should().BeEquivalentTo(
                    ramdisks, options => options.WithStrictOrdering());
                image.Metadata!.KernelVersion.Should().Be(TestImages.Metadata.KernelVersion);
                image.Crc.Should().Be(Independent.Crc(file));
                builder.Build().Should().Equal(file);
            }, iter: 100);

    [Theory]
    [InlineData("")]
    [InlineData("console=ttyS0\0")]
    [InlineData("console=ttyS0\n")]
    [InlineData("naïve")]
    public void Build_CommandLineThatTheKernelCannotTake_IsRefused(string commandLine) =>
        FluentActions.Invoking(() => (TestImages.Builder with { CommandLine = commandLine }).Build())
            .ShouldBeRefused(EifError.BadCommandLine);

    [Fact]
    public void Build_CommandLineOf2048Bytes_IsRefused() =>
        FluentActions.Invoking(() => (TestImages.Builder with { CommandLine = new('x', 2048) }).Build())
            .ShouldBeRefused(EifError.BadCommandLine);

    [Fact]
    public void Build_NoRamdisk_IsRefused() =>
        FluentActions.Invoking(() => (TestImages.Builder with { Ramdisks = [] }).Build())
            .ShouldBeRefused(EifError.MissingSection);

    [Fact]
    public void Build_MoreRamdisksThanTheTableHolds_IsRefused()
    {
        var many = TestImages.Builder with { Ramdisks = new ReadOnlyMemory<byte>[30] };
        FluentActions.Invoking(many.Build).ShouldBeRefused(EifError.BadSectionCount);
    }

    [Fact]
    public void Build_MetadataAboveItsLimit_IsRefused()
    {
        var large = TestImages.Metadata with { ImageName = new('x', EifMetadata.MaxBytes) };
        FluentActions.Invoking((TestImages.Builder with { Metadata = large }).Build)
            .ShouldBeRefused(EifError.TooLarge);
    }
}
