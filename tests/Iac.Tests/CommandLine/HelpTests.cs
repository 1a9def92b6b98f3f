using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.CommandLine;

public sealed class HelpTests
{
    /// <summary>Every command there is, by its words.</summary>
    private static readonly string[] All =
    [
        "", "key", "key create", "key list", "key delete",
        "instance", "instance create", "instance list", "instance describe", "instance start",
        "instance stop",
        "instance terminate", "security-group", "security-group create", "security-group list",
        "security-group delete", "kms", "kms create", "kms list", "kms delete", "up", "down", "doctor",
        "config", "config show", "config sample",
    ];

    public static TheoryData<string> Commands() => [.. All];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_OfEveryLevel_ShowsUsageAndExamplesThatParse(string command)
    {
        using var tool = new Tool();
        var run = await tool.RunAsync($"{command} --help", ExitCode.Done);
        run.Error.Should().BeEmpty();
        run.Output.Should().Contain("Usage:").And.Contain($"iac {command}".TrimEnd());
        var examples = run.Output.Split("Examples:\n")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        examples.Should().NotBeEmpty().And.OnlyContain(line => line.Length <= 100);
        foreach (var example in examples)
        {
            var words = Words(example);
            (await tool.RunAsync($"{words} --help", ExitCode.Done))
                .Output.Should().StartWith("Description:", "'{0}' is a command line of this tool", words);
        }
    }

    [Fact]
    public async Task Help_OfAllLevels_NamesTheCommandsOfThisList()
    {
        using var tool = new Tool();
        var named = new List<string>();
        foreach (var command in All)
        {
            var output = (await tool.RunAsync($"{command} --help")).Output;
            named.AddRange(CommandsIn(output).Select(name => $"{command} {name}".Trim()));
        }

        named.Should().BeEquivalentTo(All.Except([""]));
    }

    [Fact]
    public async Task Version_Asked_IsPrinted()
    {
        using var tool = new Tool();
        (await tool.RunAsync("--version", ExitCode.Done)).Output.Should().MatchRegex(@"^\d+\.\d+\.\d+");
    }

    /// <summary>What a help text lists under its heading; nothing where it has none.</summary>
    private static IEnumerable<string> CommandsIn(string help) => help.Split("Commands:\n").Skip(1)
        .SelectMany(text => text.Split("\n\n")[0].Split('\n'))
        .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && char.IsAsciiLetter(line[2]))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);

    /// <summary>The first command line of an example, without variables and explanations.</summary>
    private static string Words(string example)
    {
        var line = example.Trim().Split("    ")[0].Split(" && ")[0].Split(" > ")[0];
        return line[(line.IndexOf("iac ", StringComparison.Ordinal) + 4)..];
    }
}
