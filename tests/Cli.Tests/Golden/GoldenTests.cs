using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Golden;

/// <summary>
/// Command lines with all that they print. A case is a file in <c>Cases</c>: the command line, then a line
/// <c>--- EXITCODE</c>, what it prints, and, if anything, a line <c>--- stderr</c> and that. <c>{data}</c>
/// stands for the folder <c>Data</c>, whose receipt was made once and must hold for ever.
/// <c>UPDATE_GOLDEN=1</c> writes down what the command lines print now, for review as a change.
/// </summary>
public class GoldenTests
{
    private const string DataMark = "{data}";
    private const string ErrorMark = "--- stderr\n";

    private static string Folder => Path.Combine(SharedData.RepositoryRoot, "tests", "Cli.Tests", "Golden");

    private static string Data => Path.Combine(Folder, "Data");

    public static TheoryData<string> Cases() =>
        new(from file in Directory.EnumerateFiles(Path.Combine(Folder, "Cases"))
            orderby file
            select Path.GetFileName(file));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task CommandLine_Prints_WhatIsWrittenDown(string name)
    {
        var file = Path.Combine(Folder, "Cases", name);
        var expected = await File.ReadAllTextAsync(file);
        var commandLine = expected.Split('\n')[0];
        var args = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(arg => arg.Replace(DataMark, Data, StringComparison.Ordinal));
        var run = await CliRun.OfAsync([.. args]);
        var error = run.Error.Length > 0 ? ErrorMark + run.Error : "";
        var actual = $"{commandLine}\n--- {run.ExitCode}\n{run.Output}{error}"
            .Replace(Data, DataMark, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            await File.WriteAllTextAsync(file, actual);
        else
            actual.Should().Be(expected);
    }
}
