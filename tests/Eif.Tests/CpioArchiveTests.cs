using System.Globalization;
using System.Text;
using CsCheck;
using Sequencer.Testing;

namespace Sequencer.Eif.Tests;

public class CpioArchiveTests
{
    private const string Zero = "00000000";

    [Fact]
    public void Write_FileInAFolder_IsTheGoldenArchive()
    {
        var archive = CpioArchive.Write([CpioEntry.File("a/b", "hi!\n"u8.ToArray(), executable: true)]);
        Encoding.ASCII.GetString(archive).Should().Be(
            "070701" + "00000001" + "000041ed" + Zero + Zero + "00000002" + Zero + Zero
            + Zero + Zero + Zero + Zero + "00000002" + Zero + "a\0"
            + "070701" + "00000002" + "000081ed" + Zero + Zero + "00000001" + Zero + "00000004"
            + Zero + Zero + Zero + Zero + "00000004" + Zero + "a/b\0\0\0" + "hi!\n"
            + "070701" + Zero + Zero + Zero + Zero + "00000001" + Zero + Zero
            + Zero + Zero + Zero + Zero + "0000000b" + Zero + "TRAILER!!!\0\0\0\0");
    }

    [Fact]
    public void Write_EveryKind_HasItsMode()
    {
        var archive = CpioArchive.Write(
        [
            CpioEntry.Directory("dev"),
            CpioEntry.File("etc", default),
            CpioEntry.SymbolicLink("init", "bin/x"),
        ]);
        Read(archive).Select(entry => (entry.Path, entry.Mode)).Should().Equal(
            ("dev", 0x41edu), ("etc", 0x81a4u), ("init", 0xa1ffu));
        Read(archive)[2].Data.Should().Equal("bin/x"u8.ToArray());
    }

    [Fact]
    public void Write_AnyOrderOfEntries_GivesTheSameBytes()
    {
        CpioEntry[] entries =
        [
            CpioEntry.Directory("b"),
            CpioEntry.File("b/c", "1"u8.ToArray()),
            CpioEntry.File("a", "2"u8.ToArray()),
            CpioEntry.File("b-d/e", "3"u8.ToArray()),
            CpioEntry.SymbolicLink("z", "a"),
        ];
        var expected = CpioArchive.Write(entries);
        Gen.Shuffle(entries).Sample(shuffled => CpioArchive.Write(shuffled).Should().Equal(expected));
    }

    [Fact]
    public void Write_AnyFiles_ComeBackWithEveryParentBeforeThem() =>
        Gen.Dictionary(Gen.Char['a', 'c'].Array[1, 3], Gen.Byte.Array[0, 9])[0, 8].Sample(tree =>
        {
            // A name of n letters becomes a path of n parts that ends in a file.
            var files = tree.DistinctBy(pair => new string(pair.Key))
                .ToDictionary(pair => string.Join('/', pair.Key) + ".file", pair => pair.Value);
            var read = Read(CpioArchive.Write(files.Select(pair => CpioEntry.File(pair.Key, pair.Value))));
            foreach (var (path, data) in files)
                read.Single(entry => entry.Path == path).Data.Should().Equal(data);
            var seen = new HashSet<string> { "" };
            foreach (var entry in read)
            {
                seen.Should().Contain(Path.GetDirectoryName(entry.Path)!, "a parent comes first");
                seen.Add(entry.Path).Should().BeTrue();
            }
        });

    [Theory]
    [InlineData("")]
    [InlineData("/etc")]
    [InlineData("etc/")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a/..")]
    [InlineData("../a")]
    [InlineData("a\0b")]
    [InlineData("TRAILER!!!")]
    public void Write_PathThatCannotBePacked_IsRefused(string path) =>
        FluentActions.Invoking(() => CpioArchive.Write([CpioEntry.Directory(path)]))
            .ShouldBeRefused(EifError.BadRamdiskEntry);

    [Fact]
    public void Write_TheSamePathTwice_IsRefused() =>
        FluentActions.Invoking(() => CpioArchive.Write(
            [CpioEntry.Directory("a"), CpioEntry.File("a", default)]))
            .ShouldBeRefused(EifError.BadRamdiskEntry);

    [Fact]
    public void Write_FileUnderAFile_IsRefused() =>
        FluentActions.Invoking(() => CpioArchive.Write(
            [CpioEntry.File("a", default), CpioEntry.File("a/b", default)]))
            .ShouldBeRefused(EifError.BadRamdiskEntry);

    [Fact]
    public void EntriesOf_Folder_KeepsLinksAndWhetherAFileMayRun()
    {
        using var folder = new TempFolder();
        var inner = Directory.CreateDirectory(folder.Under("bin")).FullName;
        File.WriteAllText(Path.Combine(inner, "run"), "x");
        File.SetUnixFileMode(
            Path.Combine(inner, "run"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(inner, ".hidden"), "y");
        File.CreateSymbolicLink(folder.Under("init"), "bin/run");
        Directory.CreateSymbolicLink(folder.Under("lib"), "bin");
        Read(CpioArchive.Write(CpioArchive.EntriesOf(folder.Path)))
            .Select(entry => (entry.Path, entry.Mode)).Should().Equal(
                ("bin", 0x41edu), ("bin/.hidden", 0x81a4u), ("bin/run", 0x81edu),
                ("init", 0xa1ffu), ("lib", 0xa1ffu));
    }

    /// <summary>A second reading of the format, strict about every field that must not vary.</summary>
    private static List<(string Path, uint Mode, byte[] Data)> Read(byte[] archive)
    {
        var entries = new List<(string, uint, byte[])>();
        for (var at = 0; ;)
        {
            Encoding.ASCII.GetString(archive, at, 6).Should().Be("070701");
            var fields = Enumerable.Range(0, 13).Select(i => uint.Parse(
                Encoding.ASCII.GetString(archive, at + 6 + 8 * i, 8), NumberStyles.HexNumber,
                CultureInfo.InvariantCulture)).ToArray();
            var name = Encoding.UTF8.GetString(archive, at + 110, (int)fields[11] - 1);
            at = (at + 110 + (int)fields[11] + 3) / 4 * 4;
            if (name == "TRAILER!!!")
            {
                at.Should().Be(archive.Length);
                return entries;
            }

            fields[0].Should().Be((uint)entries.Count + 1);
            new[] { fields[2], fields[3], fields[5], fields[7], fields[8], fields[9], fields[10], fields[12] }
                .Should().AllBeEquivalentTo(0u, "owner, group, time and devices never vary");
            entries.Add((name, fields[1], archive[at..(at + (int)fields[6])]));
            at = (at + (int)fields[6] + 3) / 4 * 4;
        }
    }
}
