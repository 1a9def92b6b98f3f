using Sequencer.Cli.Terminal;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Terminal;

public sealed class InputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadBytes_FileAboveTheLimit_IsRefusedBeforeMemoryIsTaken()
    {
        var path = _folder.Under("long");
        using (var file = File.OpenWrite(path))
            file.SetLength((1 << 30) + 1L);
        var before = GC.GetAllocatedBytesForCurrentThread();

        FluentActions.Invoking(() => InputFile.ReadBytes(new FileInfo(path), 1 << 30))
            .Should().Throw<CliException>().WithMessage("*is longer than the 1073741824 bytes allowed here*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
    }

    [Fact]
    public void ReadBytes_FileOfTheLimit_IsReadWhole()
    {
        var path = _folder.Write("file", new string('x', 100_000));

        InputFile.ReadBytes(new FileInfo(path), 100_000).Should().HaveCount(100_000).And.OnlyContain(x => x == 'x');
        FluentActions.Invoking(() => InputFile.ReadBytes(new FileInfo(path), 99_999))
            .Should().Throw<CliException>();
    }
}
