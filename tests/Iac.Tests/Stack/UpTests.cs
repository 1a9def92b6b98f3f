using Sequencer.Iac.Output;
using Sequencer.Iac.Tests.Fakes;

namespace Sequencer.Iac.Tests.Stack;

public sealed class UpTests
{
    private static readonly string[] AllCreated =
        ["key:created", "security_group:created", "instance:created"];

    [Fact]
    public async Task Up_FromNothing_MakesKeyGroupAndInstanceInOrder()
    {
        using var tool = new Tool();
        (await OutcomesAsync(tool, "up")).Should().Equal(AllCreated);
        tool.Aws.Changes.Should().Equal(
            "CreateKeyPair", "CreateSecurityGroup", "AuthorizeSecurityGroupIngress", "RunInstances");
    }

    [Theory]
    [InlineData("DescribeSecurityGroups", "securityGroupInfo")]
    [InlineData("DescribeKeyPairs", "keySet")]
    public async Task Up_WhatWasJustMadeIsNotShownYet_LooksAgain(string action, string set)
    {
        using var tool = new Tool();
        // The first look comes before anything is made.
        tool.Aws.Next(action, _ => null);
        for (var look = 0; look < 3; look++)
            tool.Aws.Next(action, call => Answers.Xml(call.Action, Answers.Set(set, [])));
        (await OutcomesAsync(tool, "up")).Should().Equal(AllCreated);
        tool.Aws.Changes.Should().ContainSingle(change => change == "RunInstances");
    }

    [Theory]
    [InlineData("InvalidGroup.NotFound")]
    [InlineData("InvalidKeyPair.NotFound")]
    public async Task Up_TheLaunchDoesNotSeeWhatWasJustMade_TriesAgain(string code)
    {
        using var tool = new Tool();
        tool.Aws.Refuse("RunInstances", code, times: 2);
        (await OutcomesAsync(tool, "up")).Should().Equal(AllCreated);
        tool.Aws.Instances.All.Should().ContainSingle();
    }

    [Fact]
    public async Task Up_WhatWasJustMadeIsNeverSeen_SaysToRepeatAndWhatIsThere()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("RunInstances", "InvalidKeyPair.NotFound", times: 100);
        var run = await tool.RunAsync("up", ExitCode.Aws);
        run.Error.Should().Contain("key test-key, security group test-group: not visible yet, trying again")
            .And.Contain("(key test-key, security group test-group): repeat the command in a minute")
            .And.Contain("- created the key pair 'test-key'").And.NotContain("iac key create");
        tool.Aws.Calls.Count(call => call.Action == "RunInstances").Should().Be(7);
    }

    [Fact]
    public async Task Up_WhatWasMadeBeforeCannotBeSeen_SaysSoAtOnce()
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        await tool.RunAsync("security-group create", ExitCode.Done);
        tool.Aws.Refuse("RunInstances", "InvalidGroup.NotFound");
        await tool.RunAsync("up", ExitCode.Aws);
        tool.Aws.Instances.All.Should().BeEmpty();
    }

    [Fact]
    public async Task Up_Again_ChangesNothing()
    {
        using var tool = new Tool();
        await OutcomesAsync(tool, "up");
        var before = tool.Aws.Changes.Count();
        (await OutcomesAsync(tool, "up"))
            .Should().Equal("key:unchanged", "security_group:unchanged", "instance:unchanged");
        tool.Aws.Changes.Should().HaveCount(before);
    }

    [Fact]
    public async Task Up_StoppedInstance_StartsIt()
    {
        using var tool = new Tool();
        await OutcomesAsync(tool, "up");
        await tool.RunAsync("instance stop", ExitCode.Done);
        (await OutcomesAsync(tool, "up")).Should().Contain("instance:started");
        tool.Aws.Instances.All.Should().ContainSingle().Which.State.Should().Be("running");
    }

    [Fact]
    public async Task Up_NewAddressAndPorts_BringsTheGroupUpToDate()
    {
        using var tool = new Tool();
        await OutcomesAsync(tool, "up --service-ports 5000");
        var group = tool.Aws.Groups.All.Single();
        group.Rules.Add("tcp 8080-8080 sg-1");
        (await OutcomesAsync(tool, "up --ssh-cidr 198.51.100.1 --service-ports 443")).Should().Equal(
            "key:unchanged", "security_group:updated", "instance:unchanged");
        group.Rules.Should().BeEquivalentTo(
            ["tcp 22-22 198.51.100.1/32", "tcp 443-443 0.0.0.0/0", "tcp 443-443 ::/0"]);
    }

    [Theory]
    [InlineData("--instance-type m5.xlarge", "is a c5a.xlarge, not a m5.xlarge")]
    [InlineData("--instance-kind standard --instance-type c5a.xlarge", "has enclaves enabled")]
    [InlineData("--key-name second", "has the key pair 'test-key', not 'second'")]
    [InlineData("--security-group second", "is not in the security group second")]
    [InlineData("--availability-zone us-east-1b", "is in us-east-1a, not in us-east-1b")]
    [InlineData("--instance-profile role", "has the instance profile none, not 'role'")]
    [InlineData($"--image-id {FakeInstanceTypes.ImageX86}", $"not {FakeInstanceTypes.ImageX86}")]
    public async Task Up_InstanceThatIsNotAsWanted_IsRefused(string options, string difference)
    {
        using var tool = new Tool();
        await OutcomesAsync(tool, "up");
        var before = tool.Aws.Changes.Count();
        var run = await tool.RunAsync($"up {options} --ssh-cidr 198.51.100.1", ExitCode.Failed);
        run.Error.Should().Contain(difference).And.Contain("'iac up' does not change that")
            .And.Contain("its volume goes with it: save /etc/sequencer first");
        tool.Aws.Changes.Should().HaveCount(before, "who is refused finds the firewall as it was");
    }

    [Theory]
    [InlineData("--image-id ami-00000000", ExitCode.Aws)]
    [InlineData("--instance-type t3.micro", ExitCode.Failed)]
    [InlineData("--availability-zone us-west-2a", ExitCode.Usage)]
    internal async Task Up_InstanceThatCannotBe_IsRefusedBeforeAnythingIsMade(string options, ExitCode code)
    {
        using var tool = new Tool();
        await tool.RunAsync($"up {options}", code);
        tool.Aws.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Up_SameImageAndProfile_IsUnchangedAndWithoutTheProfileRefused()
    {
        using var tool = new Tool();
        const string Line = $"up --image-id {FakeInstanceTypes.ImageX86} --instance-profile role";
        await OutcomesAsync(tool, Line);
        (await OutcomesAsync(tool, Line)).Should().Contain("instance:unchanged");
        (await OutcomesAsync(tool, "up --instance-profile role"))
            .Should().Contain("instance:unchanged", "a parameter is no other image");
        (await tool.RunAsync("up", ExitCode.Failed))
            .Error.Should().Contain("has the instance profile 'role', not none");
    }

    [Fact]
    public async Task Up_PrivateKeyMissing_IsRefused()
    {
        using var tool = new Tool();
        await OutcomesAsync(tool, "up");
        File.Delete(tool.PathOf("secrets/test-key.pem"));
        (await tool.RunAsync("up", ExitCode.Failed)).Error.Should().Contain("is not in secrets/test-key.pem")
            .And.Contain("A new pair").And.Contain("opens new instances only");
    }

    [Fact]
    public async Task Up_InstanceOfAPairThatIsGone_IsRefusedBeforeAnotherIsMade()
    {
        using var tool = new Tool();
        await OutcomesAsync(tool, "up");
        File.Delete(tool.PathOf("secrets/test-key.pem"));
        await tool.RunAsync("key delete --yes", ExitCode.Done);
        var run = await tool.RunAsync("up", ExitCode.Failed);
        run.Error.Should().Contain("(i-00000000000000001) has the public key of an earlier key pair 'test-key'")
            .And.Contain("save /etc/sequencer first").And.NotContain("this run did");
        tool.Aws.Keys.All.Should().BeEmpty();
        (await OutcomesAsync(tool, "up --instance-name other")).Should().Contain("key:created");
    }

    [Fact]
    public async Task Up_InstanceOlderThanItsPair_WarnsThatItHasAnotherKey()
    {
        using var tool = new Tool();
        await OutcomesAsync(tool, "up");
        tool.Aws.Keys.All[0] = tool.Aws.Keys.All[0] with { CreatedAt = "2026-11-22T19:02:00.000Z" };
        tool.Aws.Instances.All.Single().LaunchedAt = "2026-11-22T20:00:00.000Z";
        (await tool.RunAsync("up", ExitCode.Done)).Error.Should().Contain(
            "warning: the instance i-00000000000000001 is older than the key pair 'test-key' (key-");
        var doctor = await tool.RunAsync("doctor", ExitCode.Done);
        doctor.Output.Should().Contain("warning").And.Contain("has the public key of an earlier one");
    }

    [Fact]
    public async Task Up_PrivateKeyOfAnotherPair_IsRefused()
    {
        using var tool = new Tool();
        await OutcomesAsync(tool, "up");
        tool.Write("secrets/test-key.pem", FakeKeyPairs.Ed25519(99).Pem);
        (await tool.RunAsync("up", ExitCode.Failed))
            .Error.Should().Contain("is not the private key of the key pair 'test-key'");
    }

    [Fact]
    public async Task Up_PrivateKeyWithoutPair_IsRefusedBeforeAnythingIsMade()
    {
        using var tool = new Tool();
        tool.Write("secrets/test-key.pem", "of another region");
        await tool.RunAsync("up", ExitCode.AlreadyThere);
        tool.Aws.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Up_GroupOfSomebodyElse_IsRefused()
    {
        using var tool = new Tool();
        tool.Aws.Groups.Add("test-group", new Dictionary<string, string>());
        var run = await tool.RunAsync("up", ExitCode.Failed);
        run.Error.Should().Contain("was not made by this tool")
            .And.Contain("- created the key pair 'test-key'");
    }

    [Fact]
    public async Task Up_InstanceRefused_SaysWhatExistsAndCanBeRepeated()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("RunInstances", "VcpuLimitExceeded");
        var run = await tool.RunAsync("up", ExitCode.Aws);
        run.Error.Should().Contain("(VcpuLimitExceeded): the account's quota of vCPUs")
            .And.Contain("- created the key pair 'test-key'")
            .And.Contain("- created the security group 'test-group'");
        (await OutcomesAsync(tool, "up"))
            .Should().Equal("key:unchanged", "security_group:unchanged", "instance:created");
    }

    [Theory]
    [InlineData("CreateKeyPair")]
    [InlineData("CreateSecurityGroup")]
    [InlineData("RunInstances")]
    public async Task Up_InterruptedAtAnyStep_SaysWhatExistsAndCanBeRepeated(string action)
    {
        using var tool = new Tool();
        tool.Aws.Next(action, _ =>
        {
            tool.Interrupt.Cancel();
            return null;
        });
        var run = await tool.RunAsync("up", ExitCode.Failed);
        run.Error.Should().Contain("Interrupted. This run did the following, which stays:");
        using var again = tool.Again();
        await tool.RunAsync("up", ExitCode.Done);
        tool.Aws.Keys.All.Should().ContainSingle();
        tool.Aws.Groups.All.Should().ContainSingle().Which.Rules.Should().ContainSingle();
        tool.Aws.Instances.All.Should().ContainSingle();
    }

    private static async Task<IEnumerable<string>> OutcomesAsync(Tool tool, string line)
    {
        var run = await tool.RunAsync($"{line} --output json", ExitCode.Done);
        return run.Json.GetProperty("steps").EnumerateArray()
            .Select(
                step => $"{step.GetProperty("step").GetString()}:{step.GetProperty("outcome").GetString()}");
    }
}
