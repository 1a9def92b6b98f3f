using System.Text.RegularExpressions;
using Sequencer.Iac.Output;
using Sequencer.Iac.Tests.Fakes;
using Sequencer.Testing;
using static Sequencer.Iac.Tests.Diagnosis.DoctorRun;

namespace Sequencer.Iac.Tests.Diagnosis;

public sealed partial class PermissionsTests
{
    /// <summary>What is asked about once the thing of the configured name is there.</summary>
    private static readonly string[] OfWhatIsThere =
    [
        "DeleteKeyPair", "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress", "DeleteSecurityGroup",
        "StartInstances", "StopInstances", "TerminateInstances",
    ];

    public static TheoryData<string> Actions() =>
        ["CreateKeyPair", "CreateSecurityGroup", "RunInstances", "DescribeInstanceStatus", .. OfWhatIsThere];

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task Doctor_MissingPermission_NamesTheAction(string action)
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        tool.Aws.Refuse(action, "UnauthorizedOperation", status: 403);
        var checks = await CheckAsync(tool, ExitCode.Failed);
        checks.Where(check => check.Value.Status == "failed").Should().ContainSingle()
            .Which.Key.Should().Be($"permission ec2:{action}");
        checks[$"permission ec2:{action}"].NextStep.Should().Contain($"ec2:{action}");
    }

    [Fact]
    public async Task Doctor_AllThere_AsksForAllThatTheGuideLists()
    {
        using var tool = new Tool();
        const string Options = $"--image-id {FakeInstanceTypes.ImageX86}";
        await tool.RunAsync($"up {Options}", ExitCode.Done);
        var (before, changes) = (tool.Aws.Calls.Count, tool.Aws.Changes.Count());
        var checks = await CheckAsync(tool, ExitCode.Done, Options);
        checks.Values.Should().OnlyContain(check => check.Status == "ok");
        tool.Aws.Changes.Should().HaveCount(changes);
        var asked = tool.Aws.Calls.Skip(before).Select(call => call.Action).ToHashSet();

        // Tags are asked for with what carries them.
        var listed = ListedInTheGuide().Where(action => action != "CreateTags").ToList();
        listed.Should().HaveCountGreaterThan(15).And.BeSubsetOf(asked);
    }

    [Fact]
    public async Task Doctor_NothingThere_SaysWhatCannotBeAskedYet()
    {
        using var tool = new Tool();
        var checks = await CheckAsync(tool, ExitCode.Done);
        foreach (var action in OfWhatIsThere)
        {
            checks[$"permission ec2:{action}"].Status.Should().Be("skipped");
            checks[$"permission ec2:{action}"].Detail.Should().StartWith("can be asked only while ");
        }
    }

    [Theory]
    [InlineData("DeleteSecurityGroup", "DependencyViolation")]
    [InlineData("StartInstances", "IncorrectInstanceState")]
    public async Task Doctor_RefusedForTheStateOfTheThing_IsAllowed(string action, string code)
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        tool.Aws.Refuse(action, code);
        (await CheckAsync(tool, ExitCode.Done))[$"permission ec2:{action}"].Status.Should().Be("ok");
    }

    [Fact]
    public async Task Doctor_DryRuns_AreTheRequestsOfUp()
    {
        using var tool = new Tool();
        const string Options = "--instance-profile operator --tags team=ledger";
        await CheckAsync(tool, ExitCode.Done, Options);
        var launch = tool.Aws.Last("RunInstances");
        launch.IsDryRun.Should().BeTrue();
        launch["IamInstanceProfile.Name"].Should().Be("operator");
        launch["EnclaveOptions.Enabled"].Should().Be("true");
        launch.Tags("volume").Should().Contain("team", "ledger");
        launch["ClientToken"].Should().NotContain("probe");
        launch.Find("KeyName").Should().BeNull("it is not there yet");
        launch.List("SecurityGroupId").Should().BeEmpty("it is not there yet");
        tool.Aws.Last("CreateKeyPair").Tags("key-pair").Should().Contain("team", "ledger");
        tool.Aws.Last("CreateSecurityGroup").Tags("security-group").Should().Contain("team", "ledger");

        await tool.RunAsync($"up {Options}", ExitCode.Done);
        var asked = tool.Aws.Last("RunInstances");
        await CheckAsync(tool, ExitCode.Done, Options);
        tool.Aws.Last("RunInstances").Fields.Where(field => field.Key is not ("ClientToken" or "DryRun"))
            .Should().BeEquivalentTo(
                asked.Fields.Where(field => field.Key is not ("ClientToken" or "UserData")));
    }

    /// <summary>The actions of EC2 that docs/iac.md says the credentials must allow.</summary>
    private static IEnumerable<string> ListedInTheGuide()
    {
        var guide = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "iac.md"));
        var list = guide.Split("The credentials need these permissions:")[1].Split("`ssm:")[0];
        return ActionPattern().Matches(list).Select(match => match.Groups[1].Value);
    }

    [GeneratedRegex("`(?:ec2:)?([A-Za-z]+)`")]
    private static partial Regex ActionPattern();
}
