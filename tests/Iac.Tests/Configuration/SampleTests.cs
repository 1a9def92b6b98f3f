using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;
using Sequencer.Testing;

namespace Sequencer.Iac.Tests.Configuration;

public sealed class SampleTests
{
    [Fact]
    public void SampleFile_OfTheRepository_HoldsTheSection() =>
        File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "setup", "sample.toml"))
            .ReplaceLineEndings("\n")
            .Should().Contain(SampleText.Section(), "run 'iac config sample' and put its text there");

    [Fact]
    public void Guide_OfTheRepository_NamesEveryKey()
    {
        var guide = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "iac.md"));
        foreach (var setting in Settings.All)
        {
            guide.Should().Contain($"| `{setting.Key}` |", "docs/iac.md has a row for each key");
            if (setting.Default is not null)
                guide.Should().MatchRegex($@"\| `{setting.Key}` \|[^\n]*`{setting.Default}`");
        }
    }

    [Fact]
    public async Task ConfigSample_Printed_IsTheSection()
    {
        using var tool = new Tool();
        (await tool.RunAsync("config sample", ExitCode.Done)).Output.Should().Be(SampleText.Section());
    }

    [Fact]
    public async Task Sample_WithEveryKeyUncommented_IsAValidConfiguration()
    {
        var everything = SampleText.Section().Split('\n').Select(line => IsSetting(line) ? line[2..] : line);
        using var tool = new Tool(string.Join('\n', everything));
        var run = await tool.RunAsync("config show --output json", ExitCode.Done);
        run.Json.GetProperty("values").EnumerateArray()
            .Should().OnlyContain(value => value.GetProperty("source").GetString() == "file");
    }

    [Fact]
    public void Sample_EveryLine_FitsTheScreen() =>
        SampleText.Section().Split('\n').Should().OnlyContain(line => line.Length <= 100);

    private static bool IsSetting(string line) => Settings.All.Any(
        setting => line.StartsWith($"# {setting.Key} = ", StringComparison.Ordinal));
}
