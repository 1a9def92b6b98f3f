using Sequencer.Iac.Output;
using Sequencer.Iac.Tests.Fakes;
using static Sequencer.Iac.Tests.Diagnosis.DoctorRun;

namespace Sequencer.Iac.Tests.Diagnosis;

public sealed class DoctorTests
{
    [Fact]
    public async Task Doctor_AllWell_IsHealthyAndChangesNothing()
    {
        using var tool = new Tool();
        var checks = await CheckAsync(tool, ExitCode.Done);
        checks.Values.Should().OnlyContain(check => check.Status == "ok" || check.Status == "skipped");
        checks["credentials"].Detail.Should().Contain("arn:aws:iam::123456789012:user/operator");
        checks["instance type"].Detail
            .Should().Be("c5a.xlarge: x86_64, 4 vCPUs, 8192 MiB, enclaves supported");
        checks["enclave-capable types"].Detail
            .Should().Be("c5a.xlarge, g4dn.xlarge, m5.xlarge, c5a.2xlarge, r5.4xlarge");
        tool.Aws.Changes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("--instance-type c5a.2xlarge", "is a c5a.xlarge, not a c5a.2xlarge")]
    [InlineData("--security-group second", "is not in the security group second")]
    [InlineData("--key-name second", "has the key pair 'test-key', not 'second'")]
    [InlineData("--availability-zone us-east-1b", "is in us-east-1a, not in us-east-1b")]
    public async Task Doctor_InstanceThatIsNotAsWanted_FailsAsUpDoes(string options, string difference)
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        (await CheckAsync(tool, ExitCode.Done))["instance"].Detail
            .Should().Be("'test-instance' is as wanted (i-00000000000000001, running)");
        (await CheckAsync(tool, ExitCode.Failed, options))["instance"].Detail.Should().Contain(difference);
        await tool.RunAsync($"up {options}", ExitCode.Failed);
    }

    [Fact]
    public async Task Doctor_TwoInstancesOfTheName_FailsAsUpDoes()
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        var first = tool.Aws.Instances.All.Single();
        tool.Aws.Instances.Add(first.Request, first.Tags, first.Type);
        (await CheckAsync(tool, ExitCode.Failed))["instance"].Detail
            .Should().Contain("2 instances are named 'test-instance'");
        await tool.RunAsync("up", ExitCode.Failed);
    }

    [Fact]
    public async Task Doctor_InstanceOfAPairThatIsGone_FailsAsUpDoes()
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        File.Delete(tool.PathOf("secrets/test-key.pem"));
        await tool.RunAsync("key delete --yes", ExitCode.Done);
        (await CheckAsync(tool, ExitCode.Failed))["instance"].Detail
            .Should().Contain("has the public key of an earlier key pair 'test-key'");
    }

    [Theory]
    [InlineData("GetCallerIdentity", "InvalidClientTokenId", "credentials")]
    [InlineData("DescribeRegions", "AuthFailure", "region")]
    public async Task Doctor_NoAccess_StopsThere(string action, string code, string failed)
    {
        using var tool = new Tool();
        tool.Aws.Refuse(action, code, status: 403);
        var checks = await CheckAsync(tool, ExitCode.Failed);
        checks[failed].Status.Should().Be("failed");
        checks[failed].NextStep.Should().Contain("cred_file");
        checks["everything else"].Status.Should().Be("skipped");
    }

    [Fact]
    public async Task Doctor_RegionNotEnabled_SaysSo()
    {
        using var tool = new Tool();
        tool.Aws.IsRegionEnabled = false;
        (await CheckAsync(tool, ExitCode.Failed))["region"].Detail
            .Should().Contain("cannot use the region us-east-1");
    }

    [Theory]
    [InlineData("", "ok", "EC2 chooses one")]
    [InlineData("--availability-zone us-east-1b", "ok", "us-east-1b")]
    [InlineData("--availability-zone us-west-2a", "failed", "us-west-2a (from --availability-zone) is not in us-")]
    public async Task Doctor_Zone_IsOneCheckOfTheTable(string options, string status, string detail)
    {
        using var tool = new Tool();
        var checks = await CheckAsync(tool, status == "ok" ? ExitCode.Done : ExitCode.Failed, options);
        checks["zone"].Status.Should().Be(status);
        checks["zone"].Detail.Should().Contain(detail);
        checks["permission ec2:RunInstances"].Status.Should().Be("ok", "the rest is looked at all the same");
        checks["vCPU quota"].Status.Should().Be("ok");
    }

    [Fact]
    public async Task Doctor_NoDefaultNetwork_SaysHowToMakeOne()
    {
        using var tool = new Tool();
        tool.Aws.HasDefaultVpc = false;
        (await CheckAsync(tool, ExitCode.Failed))["network"].NextStep.Should().Contain("create-default-vpc");
    }

    [Fact]
    public async Task Doctor_ImageThatIsNotThere_SaysSoOnce()
    {
        using var tool = new Tool();
        var checks = await CheckAsync(tool, ExitCode.Failed, "--image-id ami-00000000");
        checks["image"].Status.Should().Be("failed");
        checks["permission ec2:RunInstances"].Status.Should().Be("skipped");
    }

    [Fact]
    public async Task Doctor_NotMadeByThisTool_FailsAsUpDoes()
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        tool.Aws.Keys.All[0] = tool.Aws.Keys.All[0] with { Tags = new Dictionary<string, string>() };
        tool.Aws.Groups.Add("test-group", new Dictionary<string, string>());
        var checks = await CheckAsync(tool, ExitCode.Failed);
        checks["key pair"].Detail.Should().Contain("was not made by this tool");
        checks["security group"].Detail.Should().Contain("was not made by this tool");
    }

    [Theory]
    [InlineData("--ssh-cidr 8.0.0.0/8", "failed", "far more than your own address")]
    [InlineData("--ssh-cidr 8.0.0.0/8 --open-ssh-to-the-world", "ok", "tcp 22 from 8.0.0.0/8")]
    [InlineData("--service-ports 5000", "ok", "tcp 22 from 203.0.113.7/32; tcp 5000 from 0.0.")]
    public async Task Doctor_Rules_AreThoseThatUpWouldMake(
        string options, string status, string detail)
    {
        using var tool = new Tool();
        var code = status == "ok" ? ExitCode.Done : ExitCode.Failed;
        var rules = (await CheckAsync(tool, code, options))["rules"];
        rules.Status.Should().Be(status);
        rules.Detail.Should().Contain(detail);
    }

    [Fact]
    public async Task Doctor_EverybodyMayUseSsh_NeedsNoSshCidr()
    {
        using var tool = new Tool(
            Tool.StandardConfig.Replace("ssh_cidr", "# ssh_cidr", StringComparison.Ordinal));
        (await CheckAsync(tool, ExitCode.Failed))["rules"].Status.Should().Be("skipped");
        (await CheckAsync(tool, ExitCode.Done, "--open-ssh-to-the-world"))["rules"].Detail
            .Should().Be("tcp 22 from 0.0.0.0/0");
    }

    [Fact]
    public async Task Doctor_PairWithoutPrivateKey_FailsAsUpDoes()
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        File.Delete(tool.PathOf("secrets/test-key.pem"));
        (await CheckAsync(tool, ExitCode.Failed))["key pair"].Detail
            .Should().Be("'test-key' exists, but secrets/test-key.pem is not here");
        await tool.RunAsync("up", ExitCode.Failed);
    }

    [Fact]
    public async Task Doctor_TypeWithoutEnclaves_ListsThoseWithThem()
    {
        using var tool = new Tool();
        var checks = await CheckAsync(tool, ExitCode.Failed, "--instance-type t3.micro");
        checks["instance type"].Detail.Should().Contain("cannot run Nitro Enclaves");
        checks["enclave-capable types"].Detail.Should().Contain("c5a.xlarge");
    }

    [Theory]
    [InlineData("--enclave-cpu-count 4", "c5a.2xlarge, r5.4xlarge")]
    [InlineData("--enclave-memory-mib 16384", "r5.4xlarge")]
    public async Task Doctor_LargerEnclave_ListsTypesThatCanGiveIt(string options, string types)
    {
        using var tool = new Tool();
        var checks = await CheckAsync(tool, ExitCode.Failed, options);
        checks["instance type"].Status.Should().Be("failed");
        checks["enclave-capable types"].Detail.Should().Be(types);
    }

    [Fact]
    public async Task Doctor_EnclaveLargerThanAnyType_SaysWhatToLower()
    {
        using var tool = new Tool();
        var check = (await CheckAsync(tool, ExitCode.Failed, "--enclave-cpu-count 100"))["enclave-capable types"];
        check.Status.Should().Be("failed");
        check.Detail.Should().Contain("none in us-east-1 with 100 vCPUs and 2048 MiB for enclaves");
        check.NextStep.Should().Contain("enclave_cpu_count");
    }

    [Fact]
    public async Task Doctor_Standard_AsksNothingAboutEnclaves()
    {
        using var tool = new Tool();
        var checks = await CheckAsync(tool, ExitCode.Done, "--instance-kind standard");
        checks["enclave-capable types"].Status.Should().Be("skipped");
    }

    [Fact]
    public async Task Doctor_QuotaUsedUp_Fails()
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        tool.Aws.VcpuQuota = 5;
        var check = (await CheckAsync(tool, ExitCode.Failed, "--instance-name other"))["vCPU quota"];
        check.Detail.Should().Be("4 of 5 in use, 4 needed");
        check.NextStep.Should().Contain("Service Quotas");
    }

    [Theory]
    [InlineData("running", "ok", "4 of 3 in use, 0 needed")]
    [InlineData("stopped", "failed", "0 of 3 in use, 4 needed")]
    public async Task Doctor_WithTheInstance_NeedsOnlyWhatItDoesNotHave(
        string state, string status, string detail)
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        tool.Aws.Instances.All.Single().State = state;
        tool.Aws.VcpuQuota = 3;
        var code = status == "ok" ? ExitCode.Done : ExitCode.Failed;
        (await CheckAsync(tool, code))["vCPU quota"].Detail.Should().Be(detail);
    }

    [Fact]
    public async Task Doctor_SpotInstances_TakeNothingFromTheQuota()
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        var mine = tool.Aws.Instances.All.Single();
        tool.Aws.Instances.All.Add(new FakeInstance
        {
            Id = "i-2",
            Request = mine.Request,
            Tags = [],
            Type = "c5a.xlarge",
            State = "running",
            IsSpot = true,
        });
        (await CheckAsync(tool, ExitCode.Done))["vCPU quota"].Detail.Should().Be("4 of 32 in use, 0 needed");
    }

    [Fact]
    public async Task Doctor_QuotaNotReadable_IsAWarning()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("GetServiceQuota", "AccessDeniedException");
        var check = (await CheckAsync(tool, ExitCode.Done))["vCPU quota"];
        check.Status.Should().Be("warning");
        check.NextStep.Should().Contain("servicequotas:GetServiceQuota");
    }

    [Fact]
    public async Task Doctor_QuotaOfAnotherFamily_IsSkipped()
    {
        using var tool = new Tool();
        (await CheckAsync(tool, ExitCode.Done, "--instance-type g4dn.xlarge"))["vCPU quota"].Status
            .Should().Be("skipped");
    }

    [Fact]
    public async Task Doctor_QuotaRequest_IsSignedForItsServiceAndRegion()
    {
        using var tool = new Tool();
        await CheckAsync(tool, ExitCode.Done);
        var call = tool.Aws.Last("GetServiceQuota");
        call.Uri.Should().Be(new Uri("https://servicequotas.us-east-1.amazonaws.com/"));
        call.Authorization.Should().MatchRegex(
            "^AWS4-HMAC-SHA256 "
            + "Credential=AKIAIOSFODNN7EXAMPLE/20261122/us-east-1/servicequotas/aws4_request, ?"
            + "SignedHeaders=content-type;host;x-amz-date;x-amz-target, ?Signature=[0-9a-f]{64}$");
        call.Json["QuotaCode"]!.GetValue<string>().Should().Be("L-1216C47A");
    }

    [Fact]
    public async Task Doctor_MissingSettings_AreNamed()
    {
        using var tool = new Tool("[iac.aws]\ncred_file = \"operator.csv\"\nregion = \"us-east-1\"\n");
        var check = (await CheckAsync(tool, ExitCode.Failed))["configuration"];
        check.Detail.Should().Contain("not set: key_name, security_group, instance_name, ssh_cidr");
    }

    [Fact]
    public async Task Doctor_KmsDenied_IsAWarningOnly()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("ListKeys", "AccessDeniedException");
        (await CheckAsync(tool, ExitCode.Done))["permission kms:ListKeys"].Status.Should().Be("warning");
    }

    [Fact]
    public async Task Doctor_PrivateKeyWithoutPair_Fails()
    {
        using var tool = new Tool();
        tool.Write("secrets/test-key.pem", "x");
        (await CheckAsync(tool, ExitCode.Failed))["key pair"].Detail
            .Should().Contain("has no key pair 'test-key'");
    }

    [Fact]
    public async Task Doctor_PrivateKeyThatCannotBeRead_FailsThatCheckAlone()
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        File.Delete(tool.PathOf("secrets/test-key.pem"));
        File.CreateSymbolicLink(tool.PathOf("secrets/test-key.pem"), tool.PathOf("nowhere"));
        var checks = await CheckAsync(tool, ExitCode.Failed);
        checks["key pair"].Detail.Should().StartWith("secrets/test-key.pem cannot be read: ");
        checks["vCPU quota"].Status.Should().Be("ok");
        var up = await tool.RunAsync("up", ExitCode.Failed);
        up.Error.Should().Contain("secrets/test-key.pem cannot be read: ");
    }

    [Fact]
    public async Task Doctor_CredentialsFileMissing_IsAFailedCheck()
    {
        using var tool = new Tool();
        File.Delete(tool.PathOf("secrets/operator.csv"));
        (await CheckAsync(tool, ExitCode.Failed))["credentials"].Detail.Should().Contain("does not exist");
    }
}
