namespace Sequencer.Eif.Tests;

public class KernelImageTests
{
    [Fact]
    public void Version_BzImage_IsTheFirstWordOfItsVersion() =>
        KernelImage.Version(BzImage("6.12.95+deb12-cloud-amd64 (debian) #1 SMP\0"u8))
            .Should().Be("6.12.95+deb12-cloud-amd64");

    [Fact]
    public void Version_NoBzImage_IsRefused() =>
        FluentActions.Invoking(() => KernelImage.Version(new byte[4_096]))
            .ShouldBeRefused(EifError.BadKernel);

    [Fact]
    public void Version_ShortFile_IsRefused() =>
        FluentActions.Invoking(() => KernelImage.Version("HdrS"u8)).ShouldBeRefused(EifError.BadKernel);

    [Theory]
    [InlineData("\0")]
    [InlineData("noend")]
    public void Version_NoneNamed_IsRefused(string version)
    {
        var image = BzImage(System.Text.Encoding.ASCII.GetBytes(version));
        FluentActions.Invoking(() => KernelImage.Version(image)).ShouldBeRefused(EifError.BadKernel);
    }

    [Fact]
    public void Version_PointerBeyondTheFile_IsRefused()
    {
        var image = BzImage("6.12 \0"u8);
        image[0x20f] = 0xff;
        FluentActions.Invoking(() => KernelImage.Version(image)).ShouldBeRefused(EifError.BadKernel);
    }

    private static byte[] BzImage(ReadOnlySpan<byte> version)
    {
        var image = new byte[0x300 + version.Length];
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        image[0x20f] = 1;
        version.CopyTo(image.AsSpan(0x300));
        return image;
    }
}
