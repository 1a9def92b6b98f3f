using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.Stack;

public sealed class DownTests
{
    [Fact]
    public async Task Down_AfterUp_LeavesNothing()
    {
        using var tool = await AfterUp();
        var run = await tool.RunAsync("down --yes --output json", ExitCode.Done);
        run.Output.Should().Be("""
            {
              "steps": [
                {
                  "step": "instance",
                  "name": "test-instance",
                  "id": "i-00000000000000001",
                  "outcome": "deleted",
                  "detail": null
                },
                {
                  "step": "security_group",
                  "name": "test-group",
                  "id": "sg-00000000000000001",
                  "outcome": "deleted",
                  "detail": null
                },
                {
                  "step": "key",
                  "name": "test-key",
                  "id": "key-00000000000000001",
                  "outcome": "deleted",
                  "detail": "secrets/test-key.pem"
                }
              ],
              "instance": null
            }

            """);
        tool.Aws.Instances.Alive.Should().BeEmpty();
        tool.Aws.Groups.All.Should().BeEmpty();
        tool.Aws.Keys.All.Should().BeEmpty();
        Directory.GetFiles(tool.PathOf("secrets"))
            .Should().ContainSingle("only the operator's access key stays");
    }

    [Fact]
    public async Task Down_NothingThere_IsDone()
    {
        using var tool = new Tool();
        (await tool.RunAsync("down", ExitCode.Done)).Output.Should().Contain("absent");
        tool.Aws.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Down_GroupNotReleasedAtOnce_WaitsForIt()
    {
        using var tool = await AfterUp();
        tool.Aws.Refuse("DeleteSecurityGroup", "DependencyViolation", times: 3);
        var run = await tool.RunAsync("down --yes", ExitCode.Done);
        run.Error.Should().Contain("security group test-group: still in use, trying again");
        tool.Aws.Groups.All.Should().BeEmpty();
    }

    [Fact]
    public async Task Down_GroupNeverReleased_GivesUpAndSaysWhatIsLeft()
    {
        using var tool = await AfterUp();
        tool.Aws.Groups.InUse.Add(tool.Aws.Groups.All.Single().Id);
        var run = await tool.RunAsync("down --yes", ExitCode.Aws);
        run.Error.Should().Contain("(DependencyViolation)")
            .And.Contain("- terminated the instance i-00000000000000001");
        tool.Aws.Keys.All.Should().ContainSingle("the key goes last");
    }

    [Fact]
    public async Task Down_WhatIsNotOurs_IsLeft()
    {
        using var tool = await AfterUp();
        var group = tool.Aws.Groups.All.Single();
        tool.Aws.Groups.All.Clear();
        tool.Aws.Groups.Add(group.Name, new Dictionary<string, string>());
        tool.Aws.Keys.All[0] = tool.Aws.Keys.All[0] with { Tags = new Dictionary<string, string>() };
        var run = await tool.RunAsync("down --yes", ExitCode.Done);
        run.Output.Should().Contain("left").And.Contain("not made by this tool");
        tool.Aws.Changes.Should().NotContain(["DeleteSecurityGroup", "DeleteKeyPair"]);
        tool.Has("secrets/test-key.pem").Should().BeTrue();
    }

    [Fact]
    public async Task Down_Asked_NamesAllThatGoes()
    {
        using var tool = await AfterUp();
        tool.Terminal = new StringReader("n\n");
        var run = await tool.RunAsync("down", ExitCode.Failed);
        run.Error.Should().Contain(
            "Really terminate the instance 'test-instance' (i-00000000000000001), delete the security group "
            + "'test-group', and delete the key pair 'test-key' with its private key in us-east-1? [y/N]");
        tool.Aws.Instances.Alive.Should().ContainSingle();
    }

    [Fact]
    public async Task Down_TwoInstancesOfTheName_IsRefusedBeforeAnythingGoes()
    {
        using var tool = await AfterUp();
        var first = tool.Aws.Instances.All.Single();
        tool.Aws.Instances.Add(first.Request, first.Tags, first.Type);
        await tool.RunAsync("down --yes", ExitCode.Failed);
        tool.Aws.Groups.All.Should().ContainSingle();
    }

    private static async Task<Tool> AfterUp()
    {
        var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        return tool;
    }
}
