using System.Diagnostics;
using Sequencer.Cli.Terminal;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Terminal;

public sealed class OutputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_ALink_WritesWhatItLeadsTo(bool exists)
    {
        var target = _folder.Under("target");
        if (exists)
            File.WriteAllText(target, "old");
        File.CreateSymbolicLink(_folder.Under("nearer"), target);
        var link = new FileInfo(_folder.Under("link"));
        link.CreateAsSymbolicLink("nearer");
        Write(link.FullName);

        File.ReadAllText(target).Should().Be("new");
        new FileInfo(link.FullName).LinkTarget.Should().Be("nearer");
        Directory.GetFiles(_folder.Path).Should().HaveCount(3, "nothing is left beside");
    }

    [Fact]
    public async Task Write_APipe_GoesToItsReader()
    {
        var pipe = _folder.Under("pipe");
        using (var make = Process.Start("mkfifo", [pipe]))
            await make.WaitForExitAsync();
        OutputFile.RequireWritable(new FileInfo(pipe));
        // Each end waits for the other to open it.
        var read = Task.Run(() => File.ReadAllText(pipe));
        await Task.Run(() => Write(pipe));

        (await read).Should().Be("new");
        Directory.GetFiles(_folder.Path).Should().Equal(pipe);
    }

    [Fact]
    public void Write_ADevice_LeavesItOne()
    {
        Write("/dev/null");
        FileKind.IsSpecial("/dev/null").Should().BeTrue();
        FileKind.IsSpecial(_folder.Write("file", "")).Should().BeFalse();
        FileKind.IsSpecial(_folder.Under("none")).Should().BeFalse();
    }

    [Theory]
    [InlineData("/dev/fd/")]
    [InlineData("/proc/self/fd/")]
    public void Write_AFileThatIsOpen_GoesOnWhereThatIs(string folder)
    {
        var path = _folder.Write("log", "");
        using (var open = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            var number = (int)open.DangerousGetHandle();
            File.CreateSymbolicLink(_folder.Under("link"), $"{folder}{number}");
            using var earlier = new StandardOutput(number);
            earlier.Write("first "u8);
            OutputFile.RequireWritable(new FileInfo($"{folder}{number}"));
            Write($"{folder}{number}");
            OutputFile.Write(new FileInfo(_folder.Under("link")), " by a link"u8, replace: false);
            earlier.Write(" last"u8);
            Directory.GetFiles(_folder.Path).Should().HaveCount(2, "nothing is left beside");
        }

        File.ReadAllText(path).Should().Be("first new by a link last");
    }

    [Fact]
    public async Task Write_AnotherProcesssOpenFile_IsAppendedTo()
    {
        var path = _folder.Write("log", "first ");
        using var other = Process.Start(new ProcessStartInfo("sh", ["-c", "exec cat >>\"$0\"", path])
        {
            RedirectStandardInput = true,
        })!;
        var number = $"/proc/{other.Id}/fd/1";
        await Until.TrueAsync(() => new FileInfo(number).LinkTarget == path);
        Write(number);
        await other.StandardInput.WriteAsync(" last");
        other.StandardInput.Close();
        await other.WaitForExitAsync();

        (await File.ReadAllTextAsync(path)).Should().Be("first new last");
    }

    [Fact]
    public void RequireWritable_ANumberThatIsNotOpen_IsRefused() =>
        FluentActions.Invoking(() => OutputFile.RequireWritable(new FileInfo("/dev/fd/99999")))
            .Should().Throw<CliException>();

    [Fact]
    public void Write_WhereItFails_LeavesNothingBeside()
    {
        var taken = _folder.Write("taken", "old");
        var write = () => OutputFile.Write(new FileInfo(taken), "new"u8, replace: false);

        write.Should().Throw<CliException>().WithMessage("*taken cannot be written*");
        Directory.GetFiles(_folder.Path).Should().Equal(taken);
    }

    private static void Write(string path) => OutputFile.Write(new FileInfo(path), "new"u8, replace: true);
}
