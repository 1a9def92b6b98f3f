using System.Diagnostics;
using Sequencer.Cli.Terminal;
using Sequencer.Cli.Tests.Fixtures;

namespace Sequencer.Cli.Tests.Terminal;

public sealed class OutputFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_ALink_WritesWhatItLeadsTo(bool exists)
    {
        var target = _folder.Path("target");
        if (exists)
            File.WriteAllText(target, "old");
        File.CreateSymbolicLink(_folder.Path("nearer"), target);
        var link = new FileInfo(_folder.Path("link"));
        link.CreateAsSymbolicLink("nearer");
        Write(link.FullName);

        File.ReadAllText(target).Should().Be("new");
        new FileInfo(link.FullName).LinkTarget.Should().Be("nearer");
        Directory.GetFiles(_folder.FullName).Should().HaveCount(3, "nothing is left beside");
    }

    [Fact]
    public async Task Write_APipe_GoesToItsReader()
    {
        var pipe = _folder.Path("pipe");
        using (var make = Process.Start("mkfifo", [pipe]))
            await make.WaitForExitAsync();
        OutputFile.RequireWritable(new FileInfo(pipe));
        // Each end waits for the other to open it.
        var read = Task.Run(() => File.ReadAllText(pipe));
        await Task.Run(() => Write(pipe));

        (await read).Should().Be("new");
        Directory.GetFiles(_folder.FullName).Should().Equal(pipe);
    }

    [Fact]
    public void Write_ADevice_LeavesItOne()
    {
        Write("/dev/null");
        FileKind.IsSpecial("/dev/null").Should().BeTrue();
        FileKind.IsSpecial(_folder.Write("file", "")).Should().BeFalse();
        FileKind.IsSpecial(_folder.Path("none")).Should().BeFalse();
    }

    [Fact]
    public void Write_WhereItFails_LeavesNothingBeside()
    {
        var taken = _folder.Write("taken", "old");
        var write = () => OutputFile.Write(new FileInfo(taken), "new"u8, replace: false);

        write.Should().Throw<CliException>().WithMessage("*taken cannot be written*");
        Directory.GetFiles(_folder.FullName).Should().Equal(taken);
    }

    private static void Write(string path) => OutputFile.Write(new FileInfo(path), "new"u8, replace: true);
}
