using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.SecurityGroups;

public sealed class SecurityGroupCommandsTests
{
    private static readonly Dictionary<string,
    string> Ours = new() { ["managed-by"] = "blocky-sequencer-iac" };

    [Fact]
    public async Task Create_Plain_OpensSshForTheOperatorAlone()
    {
        using var tool = new Tool();
        var run = await tool.RunAsync("security-group create --output json", ExitCode.Done);
        var group = tool.Aws.Groups.All.Should().ContainSingle().Subject;
        group.Rules.Should().Equal("tcp 22-22 203.0.113.7/32");
        group.Tags["managed-by"].Should().Be("blocky-sequencer-iac");
        run.Output.Should().Be("""
            {
              "name": "test-group",
              "group_id": "sg-00000000000000001",
              "vpc_id": null,
              "ingress": [
                {
                  "protocol": "tcp",
                  "from_port": 22,
                  "to_port": 22,
                  "source": "203.0.113.7/32"
                }
              ]
            }

            """);
    }

    [Fact]
    public async Task Create_WithServicePortsAndIpv6_OpensThem()
    {
        using var tool = new Tool();
        await tool.RunAsync(
            "security-group create --ssh-cidr 2001:db8::7 --service-ports 5000,443", ExitCode.Done);
        tool.Aws.Groups.All.Single().Rules.Should().BeEquivalentTo(
        [
            "tcp 22-22 2001:db8::7/128", "tcp 5000-5000 0.0.0.0/0", "tcp 5000-5000 ::/0",
            "tcp 443-443 0.0.0.0/0",
            "tcp 443-443 ::/0",
        ]);
    }

    [Theory]
    [InlineData("\"203.0.113.7/32\"", "tcp 22-22 203.0.113.7/32")]
    [InlineData("[\"203.0.113.7\", \"198.51.100.0/24\"]", "tcp 22-22 203.0.113.7/32", "tcp 22-22 198.51.100.0/24")]
    [InlineData("\"203.0.113.7, 2001:db8::7\"", "tcp 22-22 203.0.113.7/32", "tcp 22-22 2001:db8::7/128")]
    public async Task Create_OneBlockOrSeveral_OpensSshForEach(string value, params string[] rules)
    {
        using var tool = new Tool(
            Tool.StandardConfig.Replace("\"203.0.113.7/32\"", value, StringComparison.Ordinal));
        await tool.RunAsync("security-group create", ExitCode.Done);
        tool.Aws.Groups.All.Single().Rules.Should().BeEquivalentTo(rules);
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("8.0.0.0/8")]
    [InlineData("203.0.113.7,8.0.0.0/8")]
    public async Task Create_OpenSshWithoutTheFlag_IsRefusedBeforeAwsIsAsked(string cidr)
    {
        using var tool = new Tool();
        var run = await tool.RunAsync($"security-group create --ssh-cidr {cidr}", ExitCode.Failed);
        run.Error.Should().Contain("--open-ssh-to-the-world");
        tool.Aws.Calls.Should().BeEmpty();
    }

    [Theory]
    [InlineData("--ssh-cidr 0.0.0.0/0", "tcp 22-22 0.0.0.0/0")]
    [InlineData("--ssh-cidr 8.0.0.0/8", "tcp 22-22 8.0.0.0/8")]
    [InlineData("", "tcp 22-22 203.0.113.7/32")]
    public async Task Create_OpenSshWithTheFlag_DoesIt(string options, string rule)
    {
        using var tool = new Tool();
        await tool.RunAsync($"security-group create --open-ssh-to-the-world {options}", ExitCode.Done);
        tool.Aws.Groups.All.Single().Rules.Should().Equal(rule);
    }

    [Fact]
    public async Task Create_WithoutSshCidr_AsksForItAndContactsNobody()
    {
        using var tool = new Tool(
            Tool.StandardConfig.Replace("ssh_cidr", "# ssh_cidr", StringComparison.Ordinal));
        var run = await tool.RunAsync("security-group create", ExitCode.Usage);
        run.Error.Should().Contain("ssh_cidr is not set").And.Contain("--ssh-cidr 203.0.113.7/32");
        tool.Aws.Calls.Should().BeEmpty();
        await tool.RunAsync("security-group create --open-ssh-to-the-world", ExitCode.Done);
        tool.Aws.Groups.All.Single().Rules.Should().Equal("tcp 22-22 0.0.0.0/0");
    }

    [Fact]
    public async Task Create_NameTaken_IsAlreadyThere()
    {
        using var tool = new Tool();
        await tool.RunAsync("security-group create", ExitCode.Done);
        await tool.RunAsync("security-group create", ExitCode.AlreadyThere);
        tool.Aws.Refuse("CreateSecurityGroup", "InvalidGroup.Duplicate");
        await tool.RunAsync("security-group create --security-group raced", ExitCode.AlreadyThere);
    }

    [Fact]
    public async Task Create_RulesRefused_DeletesTheGroupAgain()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("AuthorizeSecurityGroupIngress", "RulesPerSecurityGroupLimitExceeded");
        var run = await tool.RunAsync("security-group create", ExitCode.Aws);
        tool.Aws.Groups.All.Should().BeEmpty();
        run.Error.Should().Contain("the group has too many rules")
            .And.Contain("- created the security group").And.Contain("- deleted the security group");
    }

    [Theory]
    [InlineData("security-group create")]
    [InlineData("up")]
    public async Task Create_GroupNotSeenAtOnce_TriesAgain(string line)
    {
        using var tool = new Tool();
        tool.Aws.Refuse("AuthorizeSecurityGroupIngress", "InvalidGroup.NotFound", times: 3);
        var run = await tool.RunAsync(line, ExitCode.Done);
        tool.Aws.Groups.All.Single().Rules.Should().Equal("tcp 22-22 203.0.113.7/32");
        run.Error.Should().Contain("security group test-group: not visible yet, trying again");
    }

    [Fact]
    public async Task Create_GroupNotSeenByTheCleanUpAtOnce_DeletesItAndTellsTheFirstError()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("AuthorizeSecurityGroupIngress", "RulesPerSecurityGroupLimitExceeded");
        tool.Aws.Refuse("DeleteSecurityGroup", "InvalidGroup.NotFound", times: 2);
        var run = await tool.RunAsync("security-group create", ExitCode.Aws);
        tool.Aws.Groups.All.Should().BeEmpty();
        run.Error.Should().Contain("error: AWS refused to open ports")
            .And.Contain("(RulesPerSecurityGroupLimitExceeded)").And.Contain("- deleted the security group");
    }

    [Fact]
    public async Task Create_GroupNeverSeen_EndsWithTheFirstErrorAndSaysWhatIsLeft()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("AuthorizeSecurityGroupIngress", "InvalidGroup.NotFound", times: 100);
        tool.Aws.Refuse("DeleteSecurityGroup", "InvalidGroup.NotFound", times: 100);
        var run = await tool.RunAsync("security-group create", ExitCode.Aws);
        run.Error.Should().Contain("error: AWS refused to open ports")
            .And.Contain("- created the security group 'test-group'")
            .And.Contain("- left the security group 'test-group' (sg-00000000000000001) without rules");
        tool.Aws.Calls.Count(call => call.Action == "AuthorizeSecurityGroupIngress").Should().Be(7);
    }

    [Fact]
    public async Task List_SeveralGroups_ShowsOursWithTheirRules()
    {
        using var tool = new Tool();
        tool.Aws.Groups.Add("alien", new Dictionary<string, string>());
        await tool.RunAsync("security-group create", ExitCode.Done);
        var run = await tool.RunAsync("security-group list", ExitCode.Done);
        run.Output.Should().Contain("test-group")
            .And.Contain("tcp 22 from 203.0.113.7/32").And.NotContain("alien");
    }

    [Fact]
    public async Task List_GroupOfManyRules_IsOneLineInAPipe()
    {
        using var tool = new Tool();
        var ports = string.Join(',', Enumerable.Range(50000, 25));
        await tool.RunAsync($"security-group create --service-ports {ports}", ExitCode.Done);
        var run = await tool.RunAsync("security-group list", ExitCode.Done);
        run.Output.TrimEnd().Split('\n').Should().HaveCount(2);
        run.Output.Should().Contain("tcp 22 from 203.0.113.7/32").And.Contain("tcp 50024 from ::/0");
    }

    [Fact]
    public async Task Delete_OurGroup_GoesAndASecondTimeIsNotFound()
    {
        using var tool = new Tool();
        await tool.RunAsync("security-group create", ExitCode.Done);
        await tool.RunAsync("security-group delete --yes", ExitCode.Done);
        tool.Aws.Groups.All.Should().BeEmpty();
        await tool.RunAsync("security-group delete --yes", ExitCode.NotFound);
    }

    [Fact]
    public async Task Delete_GroupInUse_SaysWhatToDo()
    {
        using var tool = new Tool();
        await tool.RunAsync("security-group create", ExitCode.Done);
        tool.Aws.Groups.InUse.Add(tool.Aws.Groups.All.Single().Id);
        var run = await tool.RunAsync("security-group delete --yes", ExitCode.Aws);
        run.Error.Should().Contain("(DependencyViolation): something still uses it")
            .And.Contain("iac instance list");
    }

    [Fact]
    public async Task Delete_GroupOfSomebodyElse_IsRefused()
    {
        using var tool = new Tool();
        tool.Aws.Groups.Add("test-group", new Dictionary<string, string>());
        var run = await tool.RunAsync("security-group delete --yes", ExitCode.Failed);
        run.Error.Should().Contain("was not made by this tool");
        tool.Aws.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Delete_TwoOfOneName_IsRefusedWithBothIds()
    {
        using var tool = new Tool();
        tool.Aws.Groups.Add("test-group", Ours, "vpc-a");
        tool.Aws.Groups.Add("test-group", Ours, "vpc-b");
        var run = await tool.RunAsync("security-group delete --yes", ExitCode.Failed);
        run.Error.Should().Contain("sg-00000000000000001 in vpc-a")
            .And.Contain("sg-00000000000000002 in vpc-b");
        tool.Aws.Changes.Should().BeEmpty();
    }
}
