using System.Text.Json;
using Amazon.EC2.Model;

namespace Sequencer.Iac.LiveTests;

/// <summary>Every command once in its plain form, as a table and as JSON.</summary>
[Collection(OneAws.Name)]
public sealed class CommandTests(Aws aws)
{
    [LiveFact]
    public async Task Keys_CreateListDelete_AreWhatAwsReports()
    {
        using var work = new Workspace(aws);
        var made = (await work.RunAsync("key create --output json", 0)).Json;
        (await State.AskAsync(aws, work.Prefix)).Keys.Should().Equal(work.KeyName);
        made.GetProperty("private_key_file").GetString().Should().Be($"secrets/{work.KeyName}.pem");
        var listed = Named(await work.RunAsync("key list --output json"), "keys", work.KeyName);
        listed.GetProperty("key_pair_id").GetString()
            .Should().Be(made.GetProperty("key_pair_id").GetString());
        (await work.RunAsync("key list", 0)).Output.Should().Contain(work.KeyName);
        (await work.RunAsync("key delete --yes --output json", 0)).Json
            .GetProperty("name").GetString().Should().Be(work.KeyName);
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
        work.Has($"secrets/{work.KeyName}.pem").Should().BeFalse();
    }

    [LiveFact]
    public async Task SecurityGroups_CreateListDelete_AreWhatAwsReports()
    {
        using var work = new Workspace(aws);
        await work.RunAsync(
            "security-group create --ssh-cidr 198.51.100.0/24 --service-ports 5000,443 --output json", 0);
        var listed = Named(
            await work.RunAsync("security-group list --output json"), "security_groups", work.GroupName);
        listed.GetProperty("ingress").EnumerateArray()
            .Select(rule => $"{rule.GetProperty("from_port")} {rule.GetProperty("source")}")
            .Should().BeEquivalentTo(
                "22 198.51.100.0/24", "443 0.0.0.0/0", "443 ::/0", "5000 0.0.0.0/0", "5000 ::/0");
        (await work.RunAsync("security-group list", 0))
            .Output.Should().Contain("tcp 22 from 198.51.100.0/24");
        await work.RunAsync("security-group delete --yes", 0);
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
    }

    [LiveFact]
    public async Task Instances_EveryCommand_IsWhatAwsReports()
    {
        using var work = new Workspace(aws);
        await work.RunAsync("key create", 0);
        await work.RunAsync("security-group create", 0);
        var made = await work.RunAsync("instance create --volume-gib 9 --tags team=live --output json", 0);
        made.Error.Should().Contain("running, checks passed");
        made.Json.GetProperty("connect").GetString()
            .Should().StartWith($"ssh -i secrets/{work.KeyName}.pem ec2-user@");
        var id = made.Json.GetProperty("instance_id").GetString();

        Named(await work.RunAsync("instance list --output json"), "instances", work.InstanceName)
            .GetProperty("instance_id").GetString().Should().Be(id);
        (await work.RunAsync("instance list", 0)).Output.Should().Contain(id);
        (await work.RunAsync("instance describe", 0)).Output.Should().Contain(id);
        await work.RunAsync($"instance describe --instance-id {id} --output json", 0);
        (await StateAfter(work, "instance stop")).Should().Be("stopped");
        (await StateAfter(work, "instance start")).Should().Be("running");
        (await StateAfter(work, $"instance terminate --yes --instance-id {id}")).Should().Be("terminated");
        (await work.RunAsync("instance list --output json", 0)).Output.Should().NotContain(id);
        (await work.RunAsync("instance list --all", 0)).Output.Should().Contain(id);
        await work.RunAsync("down --yes", 0);
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
    }

    [LiveFact]
    public async Task Instance_Made_CarriesTagsOnItselfAndItsEncryptedVolume()
    {
        using var work = new Workspace(aws);
        await work.RunAsync("up --tags team=live --volume-gib 9", 0);
        var mine = new DescribeVolumesRequest { Filters = [new("tag:Name", [work.InstanceName])] };
        var volume = (await aws.Ec2.DescribeVolumesAsync(mine)).Volumes.Should().ContainSingle().Subject;
        volume.Encrypted.Should().BeTrue();
        volume.Size.Should().Be(9);
        volume.Tags.Should().Contain(tag => tag.Key == "managed-by" && tag.Value == "blocky-sequencer-iac")
            .And.Contain(tag => tag.Key == "team" && tag.Value == "live");
        await work.RunAsync("down --yes", 0);
    }

    [LiveFact]
    public async Task Doctor_OnAWorkingAccount_IsHealthyAndChangesNothing()
    {
        using var work = new Workspace(aws);
        var run = await work.RunAsync("doctor --output json", 0);
        run.Json.GetProperty("healthy").GetBoolean().Should().BeTrue();
        (await work.RunAsync("doctor", 0)).Output.Should().MatchRegex("ec2:RunInstances +ok +allowed\n");
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
    }

    [LiveFact]
    public async Task Config_ShowAndSample_ArePrinted()
    {
        using var work = new Workspace(aws);
        (await work.RunAsync("config show", 0)).Output.Should().Contain("region").And.NotContain(Aws.Secret);
        await work.BashAsync("iac config sample > my.toml; iac config show --config my.toml", 0);
    }

    /// <summary>
    /// The emulator knows no Ed25519 keys of KMS; the rest is tried on a key made beside the tool.
    /// </summary>
    [EmulatorFact]
    public async Task Kms_ListAndDelete_TouchTaggedKeysOnly()
    {
        using var work = new Workspace(aws);
        (await work.RunAsync("kms create", 5)).Error.Should().Contain("(ValidationException)");
        var ours = await aws.Kms.CreateKeyAsync(new()
        {
            KeySpec = "ECC_NIST_P256",
            KeyUsage = "SIGN_VERIFY",
            Tags = [new() { TagKey = "managed-by", TagValue = "blocky-sequencer-iac" }],
        });
        var alien = await aws.Kms.CreateKeyAsync(
            new() { KeySpec = "ECC_NIST_P256", KeyUsage = "SIGN_VERIFY" });
        await aws.Kms.CreateAliasAsync($"alias/{work.Prefix}-ours", ours.KeyMetadata.KeyId);
        await aws.Kms.CreateAliasAsync($"alias/{work.Prefix}-alien", alien.KeyMetadata.KeyId);

        await work.RunAsync($"kms create --kms-alias {work.Prefix}-ours", 4);
        var list = (await work.RunAsync("kms list --output json", 0)).Output;
        list.Should().Contain(ours.KeyMetadata.KeyId).And.NotContain(alien.KeyMetadata.KeyId);
        await work.RunAsync($"kms delete --yes --kms-alias {work.Prefix}-alien", 1);
        await work.RunAsync($"kms delete --yes --kms-alias {work.Prefix}-none", 3);
        await work.RunAsync($"kms delete --yes --pending-days 8 --kms-alias {work.Prefix}-ours", 0);
        var deleted = (await aws.Kms.DescribeKeyAsync(ours.KeyMetadata.KeyId)).KeyMetadata;
        deleted.KeyState.Value.Should().Be("PendingDeletion");
        (await work.RunAsync("kms list", 0)).Output.Should().Contain("PendingDeletion");
    }

    private static async Task<string?> StateAfter(Workspace work, string line) =>
        (await work.RunAsync($"{line} --output json", 0)).Json.GetProperty("state").GetString();

    private static JsonElement Named(Outcome outcome, string list, string name) =>
        outcome.ShouldEndWith(0).Json
        .GetProperty(list).EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);
}
