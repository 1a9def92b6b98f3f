using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.SecurityGroups;

/// <summary>What AWS has done is done, also where its answer was lost and the SDK asked again.</summary>
public sealed class GroupLostAnswerTests
{
    private const string Ssh = "tcp 22-22 203.0.113.7/32";

    [Theory]
    [InlineData("CreateSecurityGroup", "up")]
    [InlineData("CreateSecurityGroup", "security-group create")]
    [InlineData("AuthorizeSecurityGroupIngress", "up")]
    [InlineData("AuthorizeSecurityGroupIngress", "security-group create")]
    public async Task Create_AnswerLost_EndsWithTheGroupAndItsRules(string action, string line)
    {
        using var tool = new Tool();
        tool.Aws.LoseAnswer(action);
        await tool.RunAsync(line, ExitCode.Done);
        tool.Aws.Groups.All.Should().ContainSingle().Which.Rules.Should().Equal(Ssh);
        tool.Aws.Calls.Count(call => call.Action == action).Should().Be(2, "the SDK repeats it");
    }

    [Fact]
    public async Task Create_GroupShownLate_WaitsForItAndPutsItIntoTheAccount()
    {
        using var tool = new Tool();
        tool.Aws.LoseAnswer("CreateSecurityGroup");
        tool.Aws.Next("DescribeSecurityGroups", _ => null);
        for (var look = 0; look < 2; look++)
            tool.Aws.Next("DescribeSecurityGroups", call => Fakes.Answers.Xml(call.Action));
        tool.Aws.Refuse("RunInstances", "UnauthorizedOperation", status: 403);
        var run = await tool.RunAsync("up", ExitCode.Aws);
        run.Error.Should().Contain("security group test-group: not visible yet, trying again")
            .And.Contain("- created the security group 'test-group' (sg-00000000000000001)");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Create_NameTakenMeanwhile_LeavesThatGroupAlone(bool isOurs)
    {
        using var tool = new Tool();
        tool.Aws.Next("CreateSecurityGroup", _ =>
        {
            var tags = new Dictionary<string, string>();
            if (isOurs)
                tags["managed-by"] = "blocky-sequencer-iac";
            var other = tool.Aws.Groups.Add("test-group", tags);
            if (isOurs)
                other.Rules.Add("tcp 22-22 198.51.100.1/32");
            return null;
        });
        await tool.RunAsync("security-group create", ExitCode.AlreadyThere);
        tool.Aws.Changes.Should().Equal("CreateSecurityGroup");
    }

    [Fact]
    public async Task Correct_AnswerLost_TellsWhatWasOpened()
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        tool.Aws.LoseAnswer("AuthorizeSecurityGroupIngress");
        // The first look for the instance comes before the group is corrected.
        tool.Aws.Next("DescribeInstances", _ => null);
        tool.Aws.Refuse("DescribeInstances", "UnauthorizedOperation", status: 403);
        var run = await tool.RunAsync("up --service-ports 5000", ExitCode.Aws);
        tool.Aws.Groups.All.Single().Rules.Should().Equal(Ssh, "tcp 5000-5000 0.0.0.0/0", "tcp 5000-5000 ::/0");
        run.Error.Should().Contain(
            "- opened in 'test-group': tcp 5000 from 0.0.0.0/0, tcp 5000 from ::/0");
    }

    [Fact]
    public async Task Correct_OneRuleAddedMeanwhile_AddsTheOthers()
    {
        using var tool = new Tool();
        await tool.RunAsync("security-group create", ExitCode.Done);
        tool.Aws.Next("AuthorizeSecurityGroupIngress", _ =>
        {
            tool.Aws.Groups.All.Single().Rules.Add("tcp 5000-5000 0.0.0.0/0");
            return null;
        });
        await tool.RunAsync("up --service-ports 5000", ExitCode.Done);
        tool.Aws.Groups.All.Single().Rules.Should().Equal(Ssh, "tcp 5000-5000 0.0.0.0/0", "tcp 5000-5000 ::/0");
    }

    [Theory]
    [InlineData("security-group delete --yes")]
    [InlineData("down --yes")]
    public async Task Delete_AnswerLost_IsDone(string line)
    {
        using var tool = new Tool();
        await tool.RunAsync("security-group create", ExitCode.Done);
        tool.Aws.LoseAnswer("DeleteSecurityGroup");
        await tool.RunAsync(line, ExitCode.Done);
        tool.Aws.Groups.All.Should().BeEmpty();
    }
}
