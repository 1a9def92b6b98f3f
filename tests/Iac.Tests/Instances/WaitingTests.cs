using Sequencer.Iac.Aws;
using Sequencer.Iac.Instances;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.Instances;

public sealed class WaitingTests
{
    [Fact]
    public async Task Create_NeverReady_EndsWhenTheWaitRunsOutAndSaysWhatExists()
    {
        using var tool = await Prepared();
        tool.Aws.Instances.LooksPending = 1_000_000;
        var run = await tool.RunAsync("instance create --wait-max-s 60", ExitCode.Failed);
        run.Error.Should().Contain("did not become ready within 60 s; it is pending")
            .And.Contain("- started the instance 'test-instance' (i-00000000000000001)");
        tool.Aws.Calls.Count(call => call.Action == "DescribeInstances").Should().BeInRange(12, 20);
    }

    [Theory]
    [InlineData("shutting-down", "Client.VolumeLimitExceeded: Volume limit exceeded")]
    [InlineData("terminated", "Server.InternalError")]
    [InlineData("stopped", "Client.UserInitiatedShutdown")]
    public async Task Create_InstanceEndsUpElsewhere_SaysWhy(string state, string reason)
    {
        using var tool = await Prepared();
        tool.Aws.Next("DescribeInstanceStatus", _ => null);
        tool.Time.OnWait = _ =>
        {
            var instance = tool.Aws.Instances.All.Single();
            instance.State = state;
            instance.Next.Clear();
            instance.StateReason = reason;
        };
        var run = await tool.RunAsync("instance create", ExitCode.Failed);
        run.Error.Should().Contain($"is {state} instead of becoming ready: {reason}");
    }

    [Fact]
    public async Task Create_InterruptedWhileWaiting_SaysWhatExists()
    {
        using var tool = await Prepared();
        tool.Time.OnWait = _ => tool.Interrupt.Cancel();
        var run = await tool.RunAsync("instance create", ExitCode.Failed);
        run.Error.Should().Contain("Interrupted. This run did the following, which stays:")
            .And.Contain("- started the instance 'test-instance' (i-00000000000000001)");
        tool.Aws.Instances.Alive.Should().ContainSingle();
    }

    [Fact]
    public async Task Create_InterruptedInTheMiddleOfTheCall_LetsTheCallFinishAndSaysWhatExists()
    {
        using var tool = await Prepared();
        tool.Aws.Next("RunInstances", _ =>
        {
            tool.Interrupt.Cancel();
            return null;
        });
        var run = await tool.RunAsync("instance create", ExitCode.Failed);
        run.Error.Should().Contain("Stopping after the call under way")
            .And.Contain("- started the instance 'test-instance'");
        tool.Aws.Instances.Alive.Should().ContainSingle();
    }

    [Fact]
    public async Task Create_InterruptedBeforeAnyChange_SaysThatNothingHappened()
    {
        using var tool = await Prepared();
        tool.Aws.Next("DescribeInstanceTypes", _ =>
        {
            tool.Interrupt.Cancel();
            return null;
        });
        var run = await tool.RunAsync("instance create", ExitCode.Failed);
        run.Error.Should().Contain("Interrupted. Nothing was created, changed or deleted.");
        tool.Aws.Instances.All.Should().BeEmpty();
    }

    [Theory]
    [InlineData("instance create")]
    [InlineData("up")]
    public async Task Create_LookAfterTheStartFails_SaysWhatExists(string line)
    {
        using var tool = await Prepared();
        tool.Aws.Next("RunInstances", _ =>
        {
            tool.Aws.Refuse("DescribeInstances", "UnauthorizedOperation", status: 403);
            return null;
        });
        var run = await tool.RunAsync(line, ExitCode.Aws);
        run.Error.Should().Contain("error: AWS refused to look up the instance")
            .And.Contain("- started the instance 'test-instance' (i-00000000000000001), and it costs money");
        tool.Aws.Instances.Alive.Should().ContainSingle();
    }

    [Theory]
    [InlineData("DescribeInstanceStatus", "RequestLimitExceeded", 503, "limiting requests; still waiting")]
    [InlineData("DescribeInstanceStatus", "InvalidInstanceID.NotFound", 400, "running, no checks yet")]
    [InlineData("DescribeInstances", "RequestLimitExceeded", 503, "limiting requests; still waiting")]
    public async Task Create_ALookFailsForTheMoment_WaitsOn(string action, string code, int status, string shown)
    {
        using var tool = await Prepared();
        tool.Time.OnWait = waited =>
        {
            // Every try of one look.
            if (waited == InstanceWaiter.Interval)
                tool.Aws.Refuse(action, code, times: AwsConnection.RetriesMax + 1, status);
        };
        var run = await tool.RunAsync("instance create", ExitCode.Done);
        run.Error.Should().Contain(shown);
    }

    private static async Task<Tool> Prepared()
    {
        var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        await tool.RunAsync("security-group create", ExitCode.Done);
        return tool;
    }
}
