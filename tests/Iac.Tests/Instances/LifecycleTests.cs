using Sequencer.Iac.Instances;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.Instances;

public sealed class LifecycleTests
{
    [Fact]
    public async Task StopStartTerminate_OneInstance_EndInTheirStates()
    {
        using var tool = await WithInstance();
        (await StateAfter(tool, "instance stop")).Should().Be("stopped");
        (await StateAfter(tool, "instance stop"))
            .Should().Be("stopped", "stopping a stopped one is done already");
        (await StateAfter(tool, "instance start")).Should().Be("running");
        (await StateAfter(tool, "instance start"))
            .Should().Be("running", "starting a running one is done already");
        (await StateAfter(tool, "instance terminate --yes")).Should().Be("terminated");
        tool.Aws.Changes.Where(action => action.EndsWith("Instances", StringComparison.Ordinal))
            .Should().Equal("RunInstances", "StopInstances", "StartInstances", "TerminateInstances");
        foreach (var verb in new[] { "describe", "start", "stop", "terminate --yes" })
            await tool.RunAsync($"instance {verb}", ExitCode.NotFound);
    }

    [Theory]
    [InlineData("instance start")]
    [InlineData("up")]
    public async Task Start_StillShownAsStopped_WaitsUntilItRuns(string line)
    {
        using var tool = await StoppedAndShownSo(looks: InstanceWaiter.StaleLooksMax);
        await tool.RunAsync(line, ExitCode.Done);
        tool.Aws.Instances.All.Single().State.Should().Be("running");
    }

    [Fact]
    public async Task Start_NoWaitAndStillShownAsStopped_TellsWhatAwsAnswered()
    {
        using var tool = await StoppedAndShownSo(looks: 2);
        (await StateAfter(tool, "instance start --no-wait")).Should().Be("pending");
    }

    [Fact]
    public async Task Start_ShownAsStoppedForLong_SaysSo()
    {
        using var tool = await StoppedAndShownSo(looks: InstanceWaiter.StaleLooksMax + 1);
        var run = await tool.RunAsync("instance start", ExitCode.Failed);
        run.Error.Should().Contain("is stopped instead of becoming ready")
            .And.Contain("- started the instance i-00000000000000001 again");
    }

    [Fact]
    public async Task Start_StoppedAgainAfterPending_SaysSoAtOnce()
    {
        using var tool = await StoppedAndShownSo(looks: 1);
        tool.Time.OnWait = _ =>
        {
            var instance = tool.Aws.Instances.All.Single();
            instance.State = instance.State == "stopped" ? "pending" : "stopped";
            instance.Next.Clear();
        };
        var before = tool.Aws.Calls.Count;
        await tool.RunAsync("instance start", ExitCode.Failed);
        tool.Aws.Calls.Skip(before).Count(call => call.Action == "DescribeInstances")
            .Should().Be(4, "one finds it, then it is stopped, pending, stopped");
    }

    [Fact]
    public async Task Terminate_NoWait_ReturnsAtOnce()
    {
        using var tool = await WithInstance();
        (await StateAfter(tool, "instance terminate --yes --no-wait")).Should().Be("shutting-down");
    }

    [Fact]
    public async Task Terminate_Protected_SaysHowToLiftIt()
    {
        using var tool = await WithInstance();
        tool.Aws.Refuse("TerminateInstances", "OperationNotPermitted");
        var run = await tool.RunAsync("instance terminate --yes", ExitCode.Aws);
        run.Error.Should().Contain("protected against it")
            .And.Contain("Lift its termination or stop protection");
    }

    [Fact]
    public async Task EveryCommand_TwoOfOneName_RefusesWithBothIdsAndTakesAnId()
    {
        using var tool = await WithInstance();
        var first = tool.Aws.Instances.All.Single();
        tool.Aws.Instances.Add(first.Request, first.Tags, first.Type).State = "running";
        foreach (var verb in new[] { "describe", "start", "stop", "terminate --yes", "create" })
        {
            var refused = await tool.RunAsync($"instance {verb}", ExitCode.Failed);
            refused.Error.Should().Contain("2 instances are named 'test-instance'")
                .And.Contain("i-00000000000000001 (running), i-00000000000000002 (running)")
                .And.Contain("--instance-id");
        }

        await tool.RunAsync("instance terminate --yes --instance-id i-00000000000000002", ExitCode.Done);
        tool.Aws.Instances.Alive.Should().ContainSingle().Which.Should().BeSameAs(first);
    }

    [Theory]
    [InlineData("describe")]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("terminate --yes")]
    public async Task EveryCommand_InstanceOfSomebodyElse_IsRefused(string verb)
    {
        using var tool = await WithInstance();
        tool.Aws.Instances.All.Single().Tags.Remove("managed-by");
        var before = tool.Aws.Changes.Count();
        await tool.RunAsync($"instance {verb}", ExitCode.NotFound);
        var byId = await tool.RunAsync($"instance {verb} --instance-id i-00000000000000001", ExitCode.Failed);
        byId.Error.Should().Contain("was not made by this tool");
        tool.Aws.Changes.Should().HaveCount(before);
    }

    [Fact]
    public async Task Describe_ById_NotThere_IsNotFound()
    {
        using var tool = new Tool();
        var run = await tool.RunAsync("instance describe --instance-id i-01234567", ExitCode.NotFound);
        run.Error.Should().Contain("There is no instance i-01234567");
    }

    [Fact]
    public async Task Describe_AsJson_HasEveryNameAlways()
    {
        using var tool = await WithInstance();
        var run = await tool.RunAsync("instance describe --output json", ExitCode.Done);
        run.Output.Should().Be("""
            {
              "name": "test-instance",
              "instance_id": "i-00000000000000001",
              "state": "running",
              "instance_type": "c5a.xlarge",
              "image_id": "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
              "availability_zone": "us-east-1a",
              "public_dns": "ec2-203-0-113-9.example.com",
              "public_ip": "203.0.113.9",
              "private_ip": "10.0.0.9",
              "key_name": "test-key",
              "security_groups": [
                "test-group"
              ],
              "enclaves_enabled": true,
              "metadata_tokens": "required",
              "launched_at": "2026-11-22T19:00:00+00:00",
              "connect": "ssh -i secrets/test-key.pem ec2-user@ec2-203-0-113-9.example.com"
            }

            """);
    }

    [Fact]
    public async Task List_GoneAndAlienOnes_AreShownOnlyAsAskedFor()
    {
        using var tool = await WithInstance();
        var first = tool.Aws.Instances.All.Single();
        tool.Aws.Instances.Add(
            first.Request, new Dictionary<string, string> { ["Name"] = "alien" }, "t3.micro");
        tool.Aws.Instances.Add(first.Request, new(first.Tags) { ["Name"] = "gone" }, "t3.micro")
            .State = "terminated";
        var list = await tool.RunAsync("instance list", ExitCode.Done);
        list.Output.Should().Contain("test-instance").And.NotContain("gone").And.NotContain("alien");
        var all = await tool.RunAsync("instance list --all", ExitCode.Done);
        all.Output.Should().Contain("gone").And.NotContain("alien");
    }

    private static async Task<Tool> WithInstance()
    {
        var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        return tool;
    }

    /// <summary>The next start is shown only after so many looks.</summary>
    private static async Task<Tool> StoppedAndShownSo(int looks)
    {
        var tool = await WithInstance();
        await tool.RunAsync("instance stop", ExitCode.Done);
        tool.Aws.Next("StartInstances", call =>
        {
            var answer = tool.Aws.Answer(call);
            var instance = tool.Aws.Instances.All.Single();
            var then = instance.Next.ToList();
            instance.State = "stopped";
            instance.Next.Clear();
            foreach (var state in Enumerable.Repeat("stopped", looks).Concat(then))
                instance.Next.Enqueue(state);
            return answer;
        });
        return tool;
    }

    private static async Task<string?> StateAfter(Tool tool, string line) =>
        (await tool.RunAsync($"{line} --output json", ExitCode.Done)).Json.GetProperty("state").GetString();
}
