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
        run.Error.Should().Contain("(DependencyViolation)").And.Contain("a network interface or another group")
            .And.NotContain("iac instance list").And.Contain("- terminated the instance i-00000000000000001");
        tool.Aws.Keys.All.Should().ContainSingle("the key goes last");
    }

    [Fact]
    public async Task Down_GroupNotReleased_WaitsNoLongerThanTold()
    {
        using var tool = await AfterUp();
        tool.Aws.Groups.InUse.Add(tool.Aws.Groups.All.Single().Id);
        await tool.RunAsync("down --yes --wait-max-s 20", ExitCode.Aws);
        tool.Aws.Calls.Count(call => call.Action == "DeleteSecurityGroup").Should().Be(5);
    }

    [Fact]
    public async Task Down_AfterAnInterruptedOne_WaitsForTheInstanceThatIsStillShuttingDown()
    {
        using var tool = await AfterUp();
        var instance = tool.Aws.Instances.All.Single();
        tool.Time.OnWait = _ =>
        {
            // It may be looked at once more before the interruption is heard.
            instance.Next.Clear();
            tool.Interrupt.Cancel();
        };
        await tool.RunAsync("down --yes", ExitCode.Failed);
        instance.State.Should().Be("shutting-down");

        using var again = tool.Again();
        tool.Time.OnWait = null;
        for (var look = 0; look < 60; look++)
            instance.Next.Enqueue("shutting-down");
        instance.Next.Enqueue("terminated");
        string? atDeletion = null;
        tool.Aws.Next("DeleteSecurityGroup", _ =>
        {
            atDeletion = instance.State;
            return null;
        });
        var run = await tool.RunAsync("down --yes --output json", ExitCode.Done);
        atDeletion.Should().Be("terminated");
        run.Json.GetProperty("steps")[0].GetProperty("outcome").GetString().Should().Be("deleted");
        run.Json.GetProperty("steps")[0].GetProperty("id").GetString().Should().Be(instance.Id);
        tool.Aws.Changes.Should().ContainSingle(change => change == "TerminateInstances");
        tool.Aws.Groups.All.Should().BeEmpty();
    }

    [Fact]
    public async Task Down_InstanceShutsDownForEver_EndsWhenTheWaitRunsOut()
    {
        using var tool = await AfterUp();
        tool.Aws.Instances.All.Single().State = "shutting-down";
        tool.Aws.Instances.All.Single().Next.Clear();
        var run = await tool.RunAsync("down --yes --wait-max-s 60", ExitCode.Failed);
        run.Error.Should().Contain("did not become terminated within 60 s; it is shutting-down")
            .And.Contain("'iac instance list --all'");
        tool.Aws.Groups.All.Should().ContainSingle();
    }

    [Fact]
    public async Task Down_AnotherInstanceUsesKeyAndGroup_LeavesBoth()
    {
        using var tool = await AfterUp();
        await tool.RunAsync("up --instance-name second", ExitCode.Done);
        var first = tool.Aws.Instances.All[0];
        first.Tags.Remove("managed-by"); // Whoever made it.
        var run = await tool.RunAsync("down --yes --instance-name second --output json", ExitCode.Done);
        tool.Aws.Instances.Alive.Should().ContainSingle().Which.Should().BeSameAs(first);
        run.Json.GetProperty("steps").EnumerateArray()
            .Select(step => $"{step.GetProperty("outcome").GetString()}: {step.GetProperty("detail").GetString()}")
            .Should().Equal(
                "deleted: ", $"left: in use by {first.Id} (running)", $"left: in use by {first.Id} (running)");
        tool.Aws.Keys.All.Should().ContainSingle();
        tool.Aws.Groups.All.Should().ContainSingle();
        tool.Has("secrets/test-key.pem").Should().BeTrue();
    }

    [Fact]
    public async Task Down_AskedWhileAnotherInstanceUsesTheKey_DoesNotOfferIt()
    {
        using var tool = await AfterUp();
        await tool.RunAsync("up --instance-name second --security-group second-group", ExitCode.Done);
        tool.Terminal = new StringReader("y\n");
        var run = await tool.RunAsync(
            "down --instance-name second --security-group second-group", ExitCode.Done);
        run.Error.Should().Contain("and delete the security group 'second-group' in us-east-1? [y/N]");
        run.Output.Should().Contain("left: in use by i-00000000000000001 (running)");
        tool.Has("secrets/test-key.pem").Should().BeTrue();
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
            "Really terminate the instance 'test-instance' (i-00000000000000001) with its volume, delete the "
            + "security group 'test-group', and delete the key pair 'test-key' with its private key in "
            + "us-east-1? [y/N]");
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
