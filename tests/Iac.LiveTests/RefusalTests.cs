using Amazon.EC2.Model;

namespace Sequencer.Iac.LiveTests;

/// <summary>Every refusal, with its exit code and without a trace left in AWS.</summary>
[Collection(OneAws.Name)]
public sealed class RefusalTests(Aws aws)
{
    [LiveFact]
    public async Task NothingThere_EveryCommandThatNeedsSomething_IsNotFound()
    {
        using var work = new Workspace(aws);
        foreach (var line in new[]
        {
            "key delete --yes", "security-group delete --yes", "instance describe", "instance start",
            "instance stop", "instance terminate --yes", "instance create",
            "instance describe --instance-id i-0123456789abcdef0",
        })
        {
            (await work.RunAsync(line, 3)).Output.Should().BeEmpty();
        }
    }

    [LiveFact]
    public async Task AllThere_EveryCreate_IsAlreadyThere()
    {
        using var work = new Workspace(aws);
        await work.RunAsync("up", 0);
        var before = await State.AskAsync(aws, work.Prefix);
        foreach (var line in new[] { "key create", "security-group create", "instance create" })
            (await work.RunAsync(line, 4)).Error.Should().StartWith("error: ");
        File.Delete(work.PathOf($"secrets/{work.KeyName}.pem"));
        (await work.RunAsync("key create", 4)).Error.Should().Contain("only once");
        await work.RunAsync("up", 1);
        (await State.AskAsync(aws, work.Prefix)).Should().BeEquivalentTo(before);
        await work.RunAsync("down --yes", 0);
    }

    [LiveFact]
    public async Task WithoutYes_EveryCommandThatDestroys_IsRefused()
    {
        using var work = new Workspace(aws);
        await work.RunAsync("key create", 0);
        (await work.RunAsync("key delete", 1)).Error.Should().Contain("--yes");
        await work.RunAsync("up", 0);
        var before = await State.AskAsync(aws, work.Prefix);
        (await work.RunAsync("key delete --yes", 1)).Error.Should().Contain("is in use by");
        foreach (var line in new[] { "security-group delete", "instance terminate", "down" })
            (await work.RunAsync(line, 1)).Error.Should().Contain("--yes");
        (await State.AskAsync(aws, work.Prefix)).Should().BeEquivalentTo(before);
        await work.RunAsync("down --yes", 0);
    }

    [LiveFact]
    public async Task OfSomebodyElse_EveryCommandThatDestroys_LeavesIt()
    {
        using var work = new Workspace(aws);
        await aws.Ec2.CreateKeyPairAsync(new CreateKeyPairRequest(work.KeyName));
        var group = await aws.Ec2.CreateSecurityGroupAsync(
            new CreateSecurityGroupRequest(work.GroupName, "by hand"));
        (await work.RunAsync("key delete --yes", 1)).Error.Should().Contain("not made by this tool");
        await work.RunAsync("security-group delete --yes", 1);
        await work.RunAsync("up", 1);
        (await work.RunAsync("down --yes", 0)).Output.Should().Contain("not made by this tool");
        (await work.RunAsync("key list", 0)).Output.Should().NotContain(work.KeyName);
        var left = await State.AskAsync(aws, work.Prefix);
        left.Keys.Should().Equal(work.KeyName);
        left.Groups.Keys.Should().Equal(work.GroupName);
        await aws.Ec2.DeleteKeyPairAsync(new DeleteKeyPairRequest(work.KeyName));
        await aws.Ec2.DeleteSecurityGroupAsync(new DeleteSecurityGroupRequest { GroupId = group.GroupId });
    }

    [EmulatorFact]
    public async Task TwoInstancesOfOneName_EveryCommand_IsRefusedWithoutAnId()
    {
        using var work = new Workspace(aws);
        await work.RunAsync("up", 0);
        var second = await aws.Ec2.RunInstancesAsync(new RunInstancesRequest
        {
            ImageId = "ami-12345678",
            MinCount = 1,
            MaxCount = 1,
            InstanceType = "t3.micro",
            TagSpecifications =
            [
                new TagSpecification
                {
                    ResourceType = "instance",
                    Tags = [new("Name", work.InstanceName), new("managed-by", "blocky-sequencer-iac")],
                },
            ],
        });
        var id = second.Reservation.Instances.Single().InstanceId;
        foreach (var line in new[] { "describe", "start", "stop", "terminate --yes", "create" })
            (await work.RunAsync($"instance {line}", 1))
                .Error.Should().Contain(id).And.Contain("--instance-id");
        await work.RunAsync("down --yes", 1);
        await work.RunAsync($"instance terminate --yes --instance-id {id}", 0);
        await work.RunAsync("down --yes", 0);
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
    }

    [LiveFact]
    public async Task SshToTheWorld_WithoutTheFlag_IsRefused()
    {
        using var work = new Workspace(aws);
        foreach (var line in new[] { "security-group create --ssh-cidr 0.0.0.0/0", "up --ssh-cidr ::/0" })
            (await work.RunAsync(line, 1)).Error.Should().Contain("--open-ssh-to-the-world");
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
    }

    [EmulatorFact]
    public async Task Nitro_WhereTheServiceNamesNoEnclaves_IsRefusedBeforeAnythingStarts()
    {
        using var work = new Workspace(aws);
        await work.RunAsync("key create", 0);
        await work.RunAsync("security-group create", 0);
        (await work.RunAsync("instance create --instance-kind nitro", 1))
            .Error.Should().Contain("c5a.xlarge cannot run Nitro Enclaves");
        (await work.RunAsync("instance create --instance-type zz.top", 5))
            .Error.Should().Contain("(InvalidInstanceType)");
        (await work.RunAsync("instance create --image-id ami-00000000", 5))
            .Error.Should().Contain("(InvalidAMIID.NotFound)");
        await work.RunAsync("doctor --instance-kind nitro", 1);
        await work.RunAsync("down --yes", 0);
    }

    [LiveFact]
    public async Task Usage_WrongInEveryWay_IsTold()
    {
        using var work = new Workspace(aws);
        foreach (var line in new[]
        {
            "", "key", "key lst", "key list --nope", "key list --output xml", "key create --key-name ../x",
            "key list --region nowhere", "key list --config none.toml", "instance create --wait-max-s x",
            "security-group create --ssh-cidr me", "key list --cred-file none.csv",
            "up --endpoint-url http://example.com",
        })
        {
            (await work.RunAsync(line, 2)).Error.Should().Contain("error: ");
        }
    }

    [EmulatorFact]
    public async Task NobodyAnswers_AnyCommand_SaysWhereItAsked()
    {
        using var work = new Workspace(aws);
        var run = await work.RunAsync("key list --endpoint-url http://127.0.0.1:9", 5);
        run.Error.Should().Contain("AWS could not be asked to list the key pairs at http://127.0.0.1:9/");
    }

    [EmulatorFact]
    public async Task NoCredentials_AnyCommand_SaysHowToGiveThem()
    {
        using var work = new Workspace(aws);
        var config = await File.ReadAllTextAsync(work.PathOf("setup/config.toml"));
        await File.WriteAllTextAsync(
            work.PathOf("setup/config.toml"),
            config.Replace("cred_file", "# cred_file", StringComparison.Ordinal));
        (await work.RunAsync("key list", 5)).Error.Should().Contain("No AWS credentials were found");
        work.Variables["AWS_ACCESS_KEY_ID"] = Aws.KeyId;
        work.Variables["AWS_SECRET_ACCESS_KEY"] = Aws.Secret;
        await work.RunAsync("key list", 0);
    }

    [EmulatorFact]
    public async Task CredentialsOfAProfile_WithoutCredFile_AreUsed()
    {
        using var work = new Workspace(aws);
        work.Variables["SEQUENCER_IAC_CRED_FILE"] = string.Empty;
        var config = await File.ReadAllTextAsync(work.PathOf("setup/config.toml"));
        await File.WriteAllTextAsync(
            work.PathOf("setup/config.toml"),
            config.Replace("cred_file", "# cred_file", StringComparison.Ordinal));
        await File.WriteAllTextAsync(
            work.PathOf("no-credentials"),
            $"[operator]\naws_access_key_id = {Aws.KeyId}\naws_secret_access_key = {Aws.Secret}\n");
        work.Variables["AWS_PROFILE"] = "operator";
        await work.RunAsync("key list", 0);
    }
}
