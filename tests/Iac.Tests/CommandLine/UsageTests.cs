using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.CommandLine;

public sealed class UsageTests
{
    [Theory]
    [InlineData("", "A command is missing")]
    [InlineData("key", "A command is missing")]
    [InlineData("key lst", "There is no command 'lst' here (did you mean 'list'?)")]
    [InlineData("instnace list", "There is no command 'instnace' here (did you mean 'instance'?)")]
    [InlineData("key list --nope", "'--nope'")]
    [InlineData("key list extra", "'extra'")]
    [InlineData("key create --key-name", "--key-name")]
    [InlineData("key list --output yaml", "error: --output must be table or json.")]
    [InlineData("instance create --wait-max-s abc", "--wait-max-s must be a whole number from 1 to 7200")]
    [InlineData("instance create --wait-max-s 0", "--wait-max-s must be a whole number from 1 to 7200")]
    [InlineData("kms delete --pending-days 6", "--pending-days must be a whole number from 7 to 30")]
    [InlineData("kms delete --pending-days 31", "--pending-days must be a whole number from 7 to 30")]
    [InlineData("instance terminate --yes --instance-id i-*", "--instance-id must be 'i-' and 8 or 17 hex")]
    [InlineData("instance stop --instance-id i-0123456789abcdef", "--instance-id must be 'i-' and 8 or 17")]
    [InlineData("instance start --instance-id i-0123456?", "--instance-id must be 'i-' and 8 or 17 hex")]
    [InlineData("kms delete --key-id alias/x", "--key-id must be the last part of a key's ARN")]
    [InlineData("key list @file", "'@file'")]
    public async Task Run_WrongCommandLine_EndsWithUsageAndPointsAtHelp(string line, string problem)
    {
        using var tool = new Tool();
        var run = await tool.RunAsync(line, ExitCode.Usage);
        run.Error.Should().Contain(problem).And.Contain("--help");
        run.Output.Should().BeEmpty();
        tool.Aws.Calls.Should().BeEmpty();
    }

    [Theory]
    [InlineData("key delete")]
    [InlineData("security-group delete")]
    [InlineData("instance terminate")]
    [InlineData("kms delete")]
    [InlineData("down")]
    public async Task Run_CommandThatDestroys_NeedsYesWithoutATerminal(string line)
    {
        using var tool = new Tool();
        await tool.RunAsync("up --key-name second", ExitCode.Done);
        await tool.RunAsync("key create", ExitCode.Done);
        await tool.RunAsync("kms create", ExitCode.Done);
        var before = tool.Aws.Changes.Count();
        var run = await tool.RunAsync(line, ExitCode.Failed);
        run.Error.Should().Contain("there is no terminal to ask on").And.Contain("--yes");
        tool.Aws.Changes.Should().HaveCount(before);
    }

    [Theory]
    [InlineData("n")]
    [InlineData("")]
    [InlineData("yep")]
    public async Task Run_NotConfirmedOnATerminal_ChangesNothing(string answer)
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        tool.Terminal = new StringReader(answer + "\n");
        var run = await tool.RunAsync("key delete", ExitCode.Failed);
        run.Error.Should().Contain("Really delete the key pair 'test-key'").And.Contain("Not confirmed");
        tool.Aws.Keys.All.Should().ContainSingle();
        tool.Has("secrets/test-key.pem").Should().BeTrue();
    }

    [Theory]
    [InlineData("y")]
    [InlineData("YES")]
    public async Task Run_ConfirmedOnATerminal_GoesOn(string answer)
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        tool.Terminal = new StringReader(answer + "\n");
        await tool.RunAsync("key delete", ExitCode.Done);
        tool.Aws.Keys.All.Should().BeEmpty();
    }

    [Fact]
    public async Task Run_InterruptedAtTheQuestion_ChangesNothing()
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        using var terminal = new SilentReader(tool.Interrupt.Cancel);
        tool.Terminal = terminal;
        var run = await tool.RunAsync("key delete", ExitCode.Failed);
        run.Error.Should().Contain("Interrupted. Nothing was created, changed or deleted.");
        tool.Aws.Keys.All.Should().ContainSingle();
    }
}
