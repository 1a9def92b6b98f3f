using Sequencer.Testing;

namespace Sequencer.Architecture.Tests;

public class LineLengthTests
{
    private const int ColumnsMax = 120;

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("bench")]
    public void Lines_OfEverySourceFile_FitTheColumns(string folder)
    {
        var files = Directory.EnumerateFiles(
                Path.Combine(SharedData.RepositoryRoot, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Intersect(["bin", "obj"]).Any())
            .ToList();
        files.Should().NotBeEmpty();
        files.SelectMany(TooLong).Should().BeEmpty("{0} columns are the most", ColumnsMax);
    }

    private static IEnumerable<string> TooLong(string file) => File.ReadLines(file)
        .Select((line, index) => (line.Length, Place: $"{file}:{index + 1}"))
        .Where(line => line.Length > ColumnsMax)
        .Select(line => $"{line.Place} has {line.Length}");
}
