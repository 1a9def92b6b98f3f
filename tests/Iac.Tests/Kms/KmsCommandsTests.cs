using Sequencer.Iac.Output;
using Sequencer.Iac.Tests.Fakes;

namespace Sequencer.Iac.Tests.Kms;

/// <summary>The emulator does not know Ed25519 keys of KMS, so this fake is where they are tested.</summary>
public sealed class KmsCommandsTests
{
    [Fact]
    public async Task Create_Plain_MakesAnEd25519SigningKeyWithAliasAndPrintsItsPublicKey()
    {
        using var tool = new Tool();
        var run = await tool.RunAsync("kms create --output json", ExitCode.Done);
        var request = tool.Aws.Last("CreateKey").Json;
        request["KeySpec"]!.GetValue<string>().Should().Be("ECC_NIST_EDWARDS25519");
        request["KeyUsage"]!.GetValue<string>().Should().Be("SIGN_VERIFY");
        var key = tool.Aws.Kms.Keys.Single();
        key.Tags.Should().Contain("managed-by", "blocky-sequencer-iac");
        tool.Aws.Kms.Aliases.Should().Contain("alias/sequencer-log-key", key.Id);
        run.Output.Should().Be($$"""
            {
              "alias": "sequencer-log-key",
              "key_id": "{{key.Id}}",
              "arn": "{{key.Arn}}",
              "key_spec": "ECC_NIST_EDWARDS25519",
              "state": "Enabled",
              "created_at": "2026-11-22T19:00:00+00:00",
              "deletion_at": null,
              "public_key": "{{FakeKms.PublicKey}}"
            }

            """);
    }

    [Fact]
    public async Task Create_AliasTaken_IsAlreadyThereAndMakesNoKey()
    {
        using var tool = new Tool();
        await tool.RunAsync("kms create", ExitCode.Done);
        await tool.RunAsync("kms create", ExitCode.AlreadyThere);
        tool.Aws.Kms.Keys.Should().ContainSingle();
    }

    [Fact]
    public async Task Create_AliasRefused_SchedulesTheDeletionOfTheKey()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("CreateAlias", "AccessDeniedException");
        var run = await tool.RunAsync("kms create", ExitCode.Aws);
        tool.Aws.Kms.Keys.Single().PendingDays.Should().Be(7);
        run.Error.Should().Contain("- created the log key").And.Contain("- scheduled the deletion");
    }

    [Fact]
    public async Task Create_KeyTypeUnknownToTheService_SaysWhatToCheck()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("CreateKey", "ValidationException");
        var run = await tool.RunAsync("kms create", ExitCode.Aws);
        run.Error.Should().Contain("(ValidationException)").And.Contain("Ed25519 keys need a region");
    }

    [Fact]
    public async Task List_KeysOfManyPages_ShowsOursOnly()
    {
        using var tool = new Tool();
        await tool.RunAsync("kms create --kms-alias b", ExitCode.Done);
        tool.Aws.Kms.Keys.Add(new FakeKmsKey { Id = "alien", Spec = "RSA_2048" });
        await tool.RunAsync("kms create --kms-alias a --tags team=ledger", ExitCode.Done);
        await tool.RunAsync("kms delete --kms-alias b --yes", ExitCode.Done);
        var run = await tool.RunAsync("kms list --output json", ExitCode.Done);
        var keys = run.Json.GetProperty("keys").EnumerateArray().ToList();
        keys.Select(key => key.GetProperty("alias").GetString()).Should().BeEquivalentTo(["a", null]);
        keys.Select(key => key.GetProperty("state").GetString())
            .Should().BeEquivalentTo(["Enabled", "PendingDeletion"]);
        run.Output.Should().NotContain("alien");
    }

    [Fact]
    public async Task List_TagsThatMayNotBeRead_AreCountedInAWarning()
    {
        using var tool = new Tool();
        await tool.RunAsync("kms create", ExitCode.Done);
        tool.Aws.Refuse("ListResourceTags", "AccessDeniedException");
        var run = await tool.RunAsync("kms list", ExitCode.Done);
        run.Error.Should().Contain("warning: 1 keys are not listed");
    }

    [Fact]
    public async Task Delete_OurKey_SchedulesItAndFreesTheAlias()
    {
        using var tool = new Tool();
        await tool.RunAsync("kms create", ExitCode.Done);
        var run = await tool.RunAsync("kms delete --yes --pending-days 9 --output json", ExitCode.Done);
        tool.Aws.Kms.Keys.Single().PendingDays.Should().Be(9);
        tool.Aws.Kms.Aliases.Should().BeEmpty();
        run.Json.GetProperty("state").GetString().Should().Be("PendingDeletion");
        run.Json.GetProperty("deletion_at").GetDateTimeOffset().Year.Should().Be(2026);
        var id = tool.Aws.Kms.Keys.Single().Id;
        run.Error.Split('\n')[^4..].Should().Equal(
            $"  aws kms cancel-key-deletion --region us-east-1 --key-id {id}",
            $"  aws kms enable-key --region us-east-1 --key-id {id}",
            "  aws kms create-alias --region us-east-1 --alias-name alias/sequencer-log-key "
            + $"--target-key-id {id}",
            string.Empty);
        await tool.RunAsync("kms delete --yes", ExitCode.NotFound);
        await tool.RunAsync("kms create", ExitCode.Done);
    }

    [Fact]
    public async Task Delete_Plain_GivesThirtyDays()
    {
        using var tool = new Tool();
        await tool.RunAsync("kms create", ExitCode.Done);
        await tool.RunAsync("kms delete --yes", ExitCode.Done);
        tool.Aws.Kms.Keys.Single().PendingDays.Should().Be(30);
    }

    [Fact]
    public async Task Delete_KeyOfSomebodyElse_IsRefused()
    {
        using var tool = new Tool();
        tool.Aws.Kms.Keys.Add(new FakeKmsKey { Id = "alien", Spec = "ECC_NIST_EDWARDS25519" });
        tool.Aws.Kms.Aliases["alias/sequencer-log-key"] = "alien";
        var run = await tool.RunAsync("kms delete --yes", ExitCode.Failed);
        run.Error.Should().Contain("was not made by this tool");
        tool.Aws.Changes.Should().BeEmpty();
    }
}
