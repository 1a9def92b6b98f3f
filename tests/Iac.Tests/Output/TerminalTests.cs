using Sequencer.Iac.Output;
using Spectre.Console;

namespace Sequencer.Iac.Tests.Output;

public sealed class TerminalTests
{
    private const string Host = "ec2-203-0-113-9.example.com";

    /// <summary>As long as a name may be: what holds it is longer than a terminal is wide.</summary>
    private static readonly string LongName = new('k', 100);

    [Fact]
    public async Task Connect_LongerThanTheTerminalIsWide_IsOneLine()
    {
        using var tool = new Tool { OutputIsTerminal = true };
        var command = $"ssh -i secrets/{LongName}.pem ec2-user@{Host}";
        var up = await tool.RunAsync($"up --key-name {LongName}", ExitCode.Done);
        LinesOf(up).Should().Contain($"Connect: {command}");
        LinesOf(await tool.RunAsync("instance describe", ExitCode.Done))
            .Should().Contain($"Connect          {command}");
    }

    [Fact]
    public async Task Table_NarrowerTerminalThanItsNames_LeavesNothingOut()
    {
        using var tool = new Tool { OutputIsTerminal = true };
        var up = await tool.RunAsync($"up --instance-name {LongName}", ExitCode.Done);
        LinesOf(up).Should().ContainSingle(line => line.StartsWith('╭'))
            .And.ContainMatch($"│ instance *│ {LongName} │ i-00000000000000001 *│ created *│");
        LinesOf(await tool.RunAsync("instance list", ExitCode.Done)).Should().ContainMatch(
            $"│ {LongName} │ i-00000000000000001 │ running │ c5a.xlarge │ 203.0.113.9 │");
    }

    [Fact]
    public async Task Table_WideEnoughButForTheLastColumn_BreaksThatOneAlone()
    {
        using var tool = new Tool { OutputIsTerminal = true };
        var rules = string.Join(',', Enumerable.Range(5000, 20));
        await tool.RunAsync($"security-group create --service-ports {rules}", ExitCode.Done);
        var list = await tool.RunAsync("security-group list", ExitCode.Done);
        LinesOf(list).Should().ContainMatch("│ test-group │ sg-00000000000000001 │ tcp 22 from *│")
            .And.ContainMatch("│            │                      │ *│");
    }

    [Fact]
    public async Task Doctor_OnATerminal_FoldsALongWordInItsLastColumn()
    {
        using var tool = new Tool { OutputIsTerminal = true };
        var lines = LinesOf(await tool.RunAsync("doctor", ExitCode.Done));
        lines.Should().ContainMatch("│ ec2:AuthorizeSecurityGroupIngress │ skipped │ can be asked *│");
        var width = Math.Max(80, AnsiConsole.Profile.Width);
        lines.Should().OnlyContain(line => line.Length <= width);
    }

    [Fact]
    public async Task LogKey_LongerThanTheTerminalIsWide_IsOneLine()
    {
        using var tool = new Tool { OutputIsTerminal = true };
        var run = await tool.RunAsync($"kms create --kms-alias {LongName}", ExitCode.Done);
        LinesOf(run).Should().Contain($"Alias       {LongName}");
    }

    private static string[] LinesOf(Run run) => run.Output.Split('\n');
}
