using System.Text;
using Sequencer.Iac.Output;
using Sequencer.Iac.Tests.Fakes;

namespace Sequencer.Iac.Tests.Instances;

public sealed class InstanceCreateTests
{
    private const string AmazonLinux = "resolve:ssm:/aws/service/ami-amazon-linux-latest/";

    [Fact]
    public async Task Create_Nitro_AsksForEnclavesImdsV2EncryptionAndTags()
    {
        using var tool = await Prepared();
        await tool.RunAsync("instance create --tags team=ledger", ExitCode.Done);
        var call = tool.Aws.Last("RunInstances");
        call["EnclaveOptions.Enabled"].Should().Be("true");
        call["MetadataOptions.HttpTokens"].Should().Be("required");
        call["MetadataOptions.HttpEndpoint"].Should().Be("enabled");
        call["MetadataOptions.HttpPutResponseHopLimit"].Should().Be("1");
        call["BlockDeviceMapping.1.DeviceName"].Should().Be("/dev/xvda");
        call["BlockDeviceMapping.1.Ebs.Encrypted"].Should().Be("true");
        call["BlockDeviceMapping.1.Ebs.DeleteOnTermination"].Should().Be("true");
        call["BlockDeviceMapping.1.Ebs.VolumeType"].Should().Be("gp3");
        call["BlockDeviceMapping.1.Ebs.VolumeSize"].Should().Be("20");
        call["InstanceType"].Should().Be("c5a.xlarge");
        call["ImageId"].Should().Be(
            "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64");
        call["KeyName"].Should().Be("test-key");
        call["SecurityGroupId.1"].Should().Be(tool.Aws.Groups.All.Single().Id);
        (call["MinCount"], call["MaxCount"]).Should().Be(("1", "1"));
        foreach (var type in new[] { "instance", "volume" })
        {
            call.Tags(type).Should().BeEquivalentTo(new Dictionary<string, string>
            {
                ["managed-by"] = "blocky-sequencer-iac",
                ["Name"] = "test-instance",
                ["team"] = "ledger",
            });
        }
    }

    [Fact]
    public async Task Create_Nitro_InstallsNitroCliAndStartsTheAllocator()
    {
        using var tool = await Prepared();
        await tool.RunAsync("instance create --enclave-memory-mib 3072 --enclave-cpu-count 2", ExitCode.Done);
        var script = Encoding.UTF8.GetString(
            Convert.FromBase64String(tool.Aws.Last("RunInstances")["UserData"]));
        script.Should().Be("""
            #!/bin/bash
            # Written by the sequencer's iac: nitro-cli and the enclave allocator.
            set -euxo pipefail
            dnf install -y aws-nitro-enclaves-cli
            usermod -aG ne ec2-user
            mkdir -p /etc/nitro_enclaves
            cat > /etc/nitro_enclaves/allocator.yaml <<'YAML'
            ---
            memory_mib: 3072
            cpu_count: 2
            YAML
            systemctl enable --now nitro-enclaves-allocator.service

            """);
    }

    [Fact]
    public async Task Create_Standard_AsksForNoEnclavesAndNoScript()
    {
        using var tool = await Prepared();
        await tool.RunAsync("instance create --instance-kind standard", ExitCode.Done);
        var call = tool.Aws.Last("RunInstances");
        call["InstanceType"].Should().Be("t3.micro");
        call.Find("EnclaveOptions.Enabled").Should().BeNull();
        call.Find("UserData").Should().BeNull();
        call["MetadataOptions.HttpTokens"].Should().Be("required");
    }

    [Fact]
    public async Task Create_Arm_TakesTheArmImage()
    {
        using var tool = await Prepared();
        await tool.RunAsync("instance create --instance-kind standard --instance-type c6g.large", ExitCode.Done);
        tool.Aws.Last("RunInstances")["ImageId"].Should().EndWith("al2023-ami-kernel-default-arm64");
    }

    [Fact]
    public async Task Create_ChosenImage_EncryptsTheRootDeviceOfThatImage()
    {
        using var tool = await Prepared();
        await tool.RunAsync(
            $"instance create --image-id {FakeInstanceTypes.ImageX86} --instance-profile role",
            ExitCode.Done);
        var call = tool.Aws.Last("RunInstances");
        call["BlockDeviceMapping.1.DeviceName"].Should().Be("/dev/sda1");
        call["IamInstanceProfile.Name"].Should().Be("role");
    }

    [Fact]
    public async Task Create_ZoneOfTheRegion_StartsThere()
    {
        using var tool = await Prepared();
        var run = await tool.RunAsync(
            "instance create --availability-zone us-east-1c --output json", ExitCode.Done);
        tool.Aws.Last("RunInstances")["Placement.AvailabilityZone"].Should().Be("us-east-1c");
        run.Json.GetProperty("availability_zone").GetString().Should().Be("us-east-1c");
    }

    [Theory]
    [InlineData("instance create")]
    [InlineData("up")]
    public async Task Create_ZoneOfAnotherRegion_IsRefusedBeforeAnythingIsMade(string line)
    {
        using var tool = new Tool();
        var run = await tool.RunAsync($"{line} --availability-zone us-west-2a", ExitCode.Usage);
        run.Error.Should().Contain("availability_zone us-west-2a (from --availability-zone) is not in us-east-1")
            .And.Contain("such as us-east-1a");
        tool.Aws.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task List_OfARegionThatTheZoneIsNotIn_IsNoMatterOfTheZone()
    {
        using var tool = new Tool(Tool.StandardConfig + "\navailability_zone = \"us-east-1a\"\n");
        await tool.RunAsync("instance list --region eu-west-1", ExitCode.Done);
    }

    [Theory]
    [InlineData("nitro", "al2023-ami-kernel-6.1-x86_64")]
    [InlineData("nitro", "al2023-ami-minimal-kernel-default-x86_64:12")]
    [InlineData("standard", "amzn2-ami-hvm-x86_64-gp2")]
    [InlineData("standard", "amzn2-ami-kernel-5.10-hvm-x86_64-ebs")]
    public async Task Create_ParameterOfAmazonLinux_EncryptsItsRootDevice(string kind, string name)
    {
        using var tool = await Prepared();
        await tool.RunAsync(
            $"instance create --instance-kind {kind} --image-id {AmazonLinux}{name}", ExitCode.Done);
        var call = tool.Aws.Last("RunInstances");
        call["ImageId"].Should().Be(AmazonLinux + name);
        call["BlockDeviceMapping.1.DeviceName"].Should().Be("/dev/xvda");
    }

    [Theory]
    [InlineData("/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id")]
    [InlineData("/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id")]
    [InlineData("/aws/service/ami-amazon-linux-latest/amzn-ami-pv-x86_64-ebs")]
    [InlineData("my-image")]
    public async Task Create_ParameterOfAnythingElse_IsRefusedSinceItsRootDeviceIsNotKnown(string name)
    {
        using var tool = await Prepared();
        var run = await tool.RunAsync($"instance create --image-id resolve:ssm:{name}", ExitCode.Failed);
        run.Error.Should().Contain($"resolve:ssm:{name} is not a parameter of Amazon Linux 2 or 2023")
            .And.Contain("which volume is the root and must be encrypted")
            .And.Contain("Name the image by its own id (ami-…)");
        tool.Aws.Instances.All.Should().BeEmpty();
    }

    [Theory]
    [InlineData("--instance-type t3.micro", "t3.micro cannot run Nitro Enclaves, says EC2", ExitCode.Failed)]
    [InlineData("--instance-type zz.top", "(InvalidInstanceType): there is no such", ExitCode.Aws)]
    [InlineData("--enclave-cpu-count 3", "must be a multiple of 2", ExitCode.Failed)]
    [InlineData("--enclave-cpu-count 4", "at most 2 can go to enclaves (enclave_cpu", ExitCode.Failed)]
    [InlineData("--instance-type c6g.xlarge", "is arm64, and gateway and enclave are built for", ExitCode.Failed)]
    [InlineData($"--image-id {AmazonLinux}amzn2-ami-hvm-x86_64-gp2", "is Amazon Linux 2: it has", ExitCode.Failed)]
    [InlineData("--enclave-memory-mib 8000", "at most 7680 can go to enclaves", ExitCode.Failed)]
    [InlineData($"--image-id {FakeInstanceTypes.ImageArm}", "is for arm64, but c5a.xlarge", ExitCode.Failed)]
    [InlineData($"--image-id {AmazonLinux}al2023-ami-kernel-6.1-arm64", "is for arm64, but", ExitCode.Failed)]
    [InlineData("--image-id ami-00000000", "(InvalidAMIID.NotFound)", ExitCode.Aws)]
    [InlineData("--key-name other", "There is no key pair 'other'", ExitCode.NotFound)]
    [InlineData("--security-group other", "There is no security group 'other'", ExitCode.NotFound)]
    internal async Task Create_WhatCannotWork_IsRefusedBeforeAnythingStarts(
        string options, string problem, ExitCode code)
    {
        using var tool = await Prepared();
        var run = await tool.RunAsync($"instance create {options}", code);
        run.Error.Should().Contain(problem);
        tool.Aws.Instances.All.Should().BeEmpty();
    }

    [Fact]
    public async Task Create_Ready_TellsStatesOnErrorAndHowToConnectOnOutput()
    {
        using var tool = await Prepared();
        tool.Aws.Instances.LooksPending = 3;
        var run = await tool.RunAsync("instance create", ExitCode.Done);
        run.Error.Split('\n').Should().ContainInOrder(
            "i-00000000000000001: waiting",
            "i-00000000000000001: pending",
            "i-00000000000000001: running, system check initializing, instance check initializing",
            "i-00000000000000001: running, checks passed");
        run.Output.Should().Contain("ssh -i secrets/test-key.pem ec2-user@ec2-203-0-113-9.example.com")
            .And.Contain("enabled").And.Contain("required");
    }

    [Fact]
    public async Task Create_NoWait_ReturnsWhileTheInstanceIsPending()
    {
        using var tool = await Prepared();
        tool.Aws.Instances.LooksPending = 9;
        var run = await tool.RunAsync("instance create --no-wait --output json", ExitCode.Done);
        run.Json.GetProperty("state").GetString().Should().Be("pending");
        run.Json.GetProperty("connect").GetString().Should().BeNull();
        tool.Aws.Calls.Should().NotContain(call => call.Action == "DescribeInstanceStatus");
    }

    [Theory]
    [InlineData("pending", "iac instance describe")]
    [InlineData("running", "iac instance describe")]
    [InlineData("stopping", "iac instance start")]
    [InlineData("stopped", "iac instance start")]
    public async Task Create_NameInUse_IsAlreadyThereAndStartsNone(string state, string next)
    {
        using var tool = await Prepared();
        await tool.RunAsync("instance create", ExitCode.Done);
        tool.Aws.Instances.All[0].State = state;
        var run = await tool.RunAsync("instance create", ExitCode.AlreadyThere);
        run.Error.Should().Contain($"i-00000000000000001, {state}").And.Contain(next);
        tool.Aws.Instances.All.Should().ContainSingle();
    }

    [Theory]
    [InlineData("shutting-down")]
    [InlineData("terminated")]
    public async Task Create_NameOfAGoneInstance_StartsANewOne(string state)
    {
        using var tool = await Prepared();
        await tool.RunAsync("instance create", ExitCode.Done);
        tool.Aws.Instances.All[0].State = state;
        await tool.RunAsync("instance create", ExitCode.Done);
        tool.Aws.Instances.Alive.Should().ContainSingle();
    }

    [Fact]
    public async Task Create_GroupOfSomebodyElse_IsTakenWithAWarning()
    {
        using var tool = await Prepared();
        tool.Aws.Groups.Add("by-hand", new Dictionary<string, string>());
        var run = await tool.RunAsync("instance create --security-group by-hand", ExitCode.Done);
        run.Error.Should().Contain("warning: the security group 'by-hand'");
    }

    [Fact]
    public async Task Create_KeyPairOfSomebodyElse_IsTaken()
    {
        using var tool = await Prepared();
        tool.Aws.Keys.All.Add(
            new FakeKeyPair("by-hand", "key-9", "rsa", "ssh-rsa AAAA", new Dictionary<string, string>()));
        await tool.RunAsync("instance create --key-name by-hand", ExitCode.Done);
        tool.Aws.Last("RunInstances")["KeyName"].Should().Be("by-hand");
    }

    [Theory]
    [InlineData("instance create")]
    [InlineData("up")]
    public async Task Create_NameOfSomebodyElsesInstance_StartsANewOneBesideIt(string line)
    {
        using var tool = await Prepared();
        await tool.RunAsync("instance create --volume-gib 30", ExitCode.Done);
        var theirs = tool.Aws.Instances.All.Single();
        theirs.Tags.Remove("managed-by");
        await tool.RunAsync(line, ExitCode.Done);
        tool.Aws.Instances.Alive.Should().HaveCount(2);
        theirs.State.Should().Be("running");
    }

    [Fact]
    public async Task Create_WithoutPrivateKeyHere_Warns()
    {
        using var tool = await Prepared();
        File.Delete(tool.PathOf("secrets/test-key.pem"));
        var run = await tool.RunAsync("instance create", ExitCode.Done);
        run.Error.Should().Contain("warning: secrets/test-key.pem is not here");
    }

    private static async Task<Tool> Prepared()
    {
        var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        await tool.RunAsync("security-group create", ExitCode.Done);
        return tool;
    }
}
