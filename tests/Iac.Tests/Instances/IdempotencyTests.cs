using Sequencer.Iac.Aws;
using Sequencer.Iac.Output;
using Sequencer.Iac.Tests.Fakes;

namespace Sequencer.Iac.Tests.Instances;

/// <summary>One instance, however often and however badly it is asked for.</summary>
public sealed class IdempotencyTests
{
    [Fact]
    public async Task Create_ReplyLostOnTheWay_EndsWithOneInstance()
    {
        using var tool = await Prepared();
        tool.Aws.Next("RunInstances", call =>
        {
            tool.Aws.Answer(call).Dispose();
            throw new HttpRequestException("The connection was reset.");
        });
        await tool.RunAsync("instance create", ExitCode.Done);
        tool.Aws.Instances.All.Should().ContainSingle("the SDK's retry carries the same client token");
        tool.Aws.Calls.Where(call => call.Action == "RunInstances").Select(call => call["ClientToken"])
            .Should().HaveCount(2).And.OnlyContain(token => token.Length == 64);
    }

    [Fact]
    public async Task Create_TwoOperatorsAtOnce_EndWithOneInstance()
    {
        using var tool = await Prepared();
        using var other = new Tool();
        other.Write("secrets/test-key.pem", tool.Read("secrets/test-key.pem"));
        tool.Aws.Next("RunInstances", call =>
        {
            tool.Aws.Answer(call).Dispose();
            return null;
        });
        await tool.RunAsync("instance create", ExitCode.Done);
        tool.Aws.Instances.All.Should().ContainSingle();
    }

    [Fact]
    public async Task Create_AfterTerminationThatAwsNoLongerShows_GetsANewInstance()
    {
        using var tool = await Prepared();
        await tool.RunAsync("instance create", ExitCode.Done);
        var first = tool.Aws.Instances.All.Single();
        first.State = "terminated";
        first.Tags.Clear();
        await tool.RunAsync("instance create", ExitCode.Done);
        tool.Aws.Instances.Alive.Should().ContainSingle().Which.Id.Should().NotBe(first.Id);
        tool.Aws.Calls.Where(call => call.Action == "RunInstances").Select(call => call["ClientToken"])
            .Distinct().Should().HaveCount(2, "the first token brought back the terminated instance");
    }

    [Fact]
    public async Task Create_OtherSettings_UseAnotherToken()
    {
        using var tool = await Prepared();
        foreach (var options in new[]
        {
            "", "--volume-gib 30", "--enclave-memory-mib 1024", "--tags a=b", "--availability-zone us-east-1b",
        })
        {
            await tool.RunAsync($"instance create {options}", ExitCode.Done);
            tool.Aws.Instances.All[^1].Tags.Clear();
        }

        tool.Aws.Calls.Where(call => call.Action == "RunInstances").Select(call => call["ClientToken"])
            .Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Create_EveryTokenBringsBackAGoneInstance_GivesUp()
    {
        using var tool = await Prepared();
        for (var i = 0; i < 100; i++)
        {
            tool.Aws.Next("RunInstances", call =>
            {
                var answer = tool.Aws.Answer(call);
                tool.Aws.Instances.All[^1].State = "terminated";
                tool.Aws.Instances.All[^1].Next.Clear();
                return answer;
            });
        }

        var run = await tool.RunAsync("instance create", ExitCode.Failed);
        run.Error.Should().Contain(
            "AWS answered 100 requests for 'test-instance' with instances that are gone already");
        run.Error.Should().NotContain("costs money from now on");
    }

    [Fact]
    public async Task Create_ManyTerminatedThatAwsNoLongerShows_GetsANewInstanceEachTime()
    {
        using var tool = await Prepared();
        for (var made = 1; made <= 8; made++)
        {
            await tool.RunAsync("instance create --no-wait", ExitCode.Done);
            tool.Aws.Instances.All.Should().HaveCount(made);
            tool.Aws.Instances.All[^1].State = "terminated";
            tool.Aws.Instances.All[^1].Next.Clear();
            tool.Aws.Instances.All[^1].Tags.Clear();
        }
    }

    [Theory]
    [InlineData("instance create", true)]
    [InlineData("instance create", false)]
    [InlineData("up", true)]
    public async Task Create_EveryAnswerLost_SaysThatAnInstanceMayRunAndIsSafeToRepeat(string line, bool isLost)
    {
        using var tool = await Prepared();
        for (var attempt = 0; attempt <= AwsConnection.RetriesMax; attempt++)
        {
            if (isLost)
                tool.Aws.LoseAnswer("RunInstances");
            else
                tool.Aws.Next("RunInstances", call =>
                {
                    tool.Aws.Answer(call).Dispose();
                    return Answers.Refusal(call, "InternalError", "An internal error has occurred", 500);
                });
        }

        var run = await tool.RunAsync(line, ExitCode.Aws);
        run.Error.Should().Contain("to start the instance 'test-instance'")
            .And.Contain("may have started all the same, and would cost money: 'iac instance list' shows it")
            .And.Contain("- asked for the instance 'test-instance', which may have started");
        await tool.RunAsync("up", ExitCode.Done);
        tool.Aws.Instances.All.Should().ContainSingle();
    }

    [Fact]
    public async Task Create_AwsRefuses_SaysNothingOfAnInstance()
    {
        using var tool = await Prepared();
        tool.Aws.Refuse("RunInstances", "VcpuLimitExceeded");
        var run = await tool.RunAsync("instance create", ExitCode.Aws);
        run.Error.Should().NotContain("may have started");
    }

    private static async Task<Tool> Prepared()
    {
        var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        await tool.RunAsync("security-group create", ExitCode.Done);
        return tool;
    }
}
