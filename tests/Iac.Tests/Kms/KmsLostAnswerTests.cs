using Sequencer.Iac.Output;
using Sequencer.Iac.Tests.Fakes;

namespace Sequencer.Iac.Tests.Kms;

/// <summary>No key that is billed gets out of reach, whatever answer of KMS is lost or late.</summary>
public sealed class KmsLostAnswerTests
{
    private const string Alias = "alias/sequencer-log-key";

    [Fact]
    public async Task Create_AnswerOfCreateAliasLost_EndsWithTheKeyAndItsAlias()
    {
        using var tool = new Tool();
        tool.Aws.LoseAnswer("CreateAlias");
        await tool.RunAsync("kms create", ExitCode.Done);
        var key = tool.Aws.Kms.Keys.Should().ContainSingle().Subject;
        key.State.Should().Be("Enabled");
        tool.Aws.Kms.Aliases.Should().Contain(Alias, key.Id);
        tool.Aws.Calls.Count(call => call.Action == "CreateAlias").Should().Be(2, "the SDK repeats it");
    }

    [Fact]
    public async Task Create_AliasShownLate_WaitsForIt()
    {
        using var tool = new Tool();
        tool.Aws.LoseAnswer("CreateAlias");
        tool.Aws.Next("DescribeKey", _ => null);
        tool.Aws.Refuse("DescribeKey", "NotFoundException", times: 2);
        await tool.RunAsync("kms create", ExitCode.Done);
        tool.Aws.Kms.Keys.Single().State.Should().Be("Enabled");
    }

    [Fact]
    public async Task Create_AliasTakenMeanwhile_SchedulesTheDeletionOfTheNewKeyAlone()
    {
        using var tool = new Tool();
        var other = new FakeKmsKey { Id = "other", Spec = "ECC_NIST_EDWARDS25519" };
        tool.Aws.Next("CreateAlias", _ =>
        {
            tool.Aws.Kms.Keys.Add(other);
            tool.Aws.Kms.Aliases[Alias] = other.Id;
            return null;
        });
        await tool.RunAsync("kms create", ExitCode.AlreadyThere);
        other.State.Should().Be("Enabled");
        tool.Aws.Kms.Keys[0].PendingDays.Should().Be(7);
    }

    [Fact]
    public async Task Create_HolderOfTheAliasUnknown_LeavesTheKeyAndSaysHowToRemoveIt()
    {
        using var tool = new Tool();
        tool.Aws.LoseAnswer("CreateAlias");
        tool.Aws.Next("DescribeKey", _ => null);
        tool.Aws.Refuse("DescribeKey", "AccessDeniedException");
        var run = await tool.RunAsync("kms create", ExitCode.Aws);
        var key = tool.Aws.Kms.Keys.Single();
        key.State.Should().Be("Enabled");
        run.Error.Should().Contain("error: AWS refused to name the log key")
            .And.Contain("- created the log key").And.Contain($"iac kms delete --key-id {key.Id}");
    }

    [Fact]
    public async Task Create_AliasRefusedAndDeletionToo_TellsTheFirstErrorAndThatTheKeyIsLeft()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("CreateAlias", "AccessDeniedException");
        tool.Aws.Refuse("ScheduleKeyDeletion", "AccessDeniedException");
        var run = await tool.RunAsync("kms create", ExitCode.Aws);
        run.Error.Should().Contain("error: AWS refused to name the log key")
            .And.Contain("warning: AWS refused to schedule the deletion")
            .And.Contain($"iac kms delete --key-id {tool.Aws.Kms.Keys.Single().Id}");
    }

    [Fact]
    public async Task Create_AnswerOfCreateKeyLost_AsksOnceAndSaysHowToFindAndRemoveTheKey()
    {
        using var tool = new Tool();
        tool.Aws.LoseAnswer("CreateKey");
        var run = await tool.RunAsync("kms create", ExitCode.Aws);
        run.Error.Should().Contain("may have been made all the same").And.Contain("--key-id");
        var key = tool.Aws.Kms.Keys.Should().ContainSingle("a repeated request makes a second key").Subject;
        (await tool.RunAsync("kms list", ExitCode.Done)).Output.Should().Contain(key.Id);
        await tool.RunAsync($"kms delete --yes --key-id {key.Id}", ExitCode.Done);
        key.PendingDays.Should().Be(30);
    }

    [Fact]
    public async Task Create_AliasOfAKeyAboutToBeDeleted_SaysHowToFreeIt()
    {
        using var tool = await WithStuckAlias();
        var run = await tool.RunAsync("kms create", ExitCode.AlreadyThere);
        run.Error.Should().Contain("which will be deleted on 2026-12-23").And.Contain("iac kms delete")
            .And.Contain("cancel-key-deletion");
        tool.Aws.Kms.Keys.Should().ContainSingle();
    }

    [Fact]
    public async Task Delete_AliasRefusedTheFirstTime_FreesItTheSecondTime()
    {
        using var tool = await WithStuckAlias();
        var run = await tool.RunAsync("kms delete --yes --output json", ExitCode.Done);
        run.Json.GetProperty("deletion_at").GetDateTimeOffset().Year.Should().Be(2026);
        tool.Aws.Kms.Aliases.Should().BeEmpty();
        tool.Aws.Calls.Count(call => call.Action == "ScheduleKeyDeletion").Should().Be(1);
        await tool.RunAsync("kms create", ExitCode.Done);
    }

    [Theory]
    [InlineData("ScheduleKeyDeletion")]
    [InlineData("DeleteAlias")]
    public async Task Delete_AnswerLost_IsDoneAllTheSame(string action)
    {
        using var tool = new Tool();
        await tool.RunAsync("kms create", ExitCode.Done);
        tool.Aws.LoseAnswer(action);
        await tool.RunAsync("kms delete --yes", ExitCode.Done);
        tool.Aws.Kms.Keys.Single().State.Should().Be("PendingDeletion");
        tool.Aws.Kms.Aliases.Should().BeEmpty();
    }

    [Fact]
    public async Task Delete_StateRefusedButNoDeletionScheduled_IsToldAsRefused()
    {
        using var tool = new Tool();
        await tool.RunAsync("kms create", ExitCode.Done);
        tool.Aws.Refuse("ScheduleKeyDeletion", "KMSInvalidStateException");
        await tool.RunAsync("kms delete --yes", ExitCode.Aws);
        tool.Aws.Kms.Aliases.Should().ContainSingle();
    }

    [Fact]
    public async Task Delete_ByIdOfAKeyWithAlias_FreesTheAliasToo()
    {
        using var tool = new Tool();
        await tool.RunAsync("kms create", ExitCode.Done);
        var id = tool.Aws.Kms.Keys.Single().Id;
        await tool.RunAsync($"kms delete --yes --key-id {id}", ExitCode.Done);
        tool.Aws.Kms.Aliases.Should().BeEmpty();
        await tool.RunAsync($"kms delete --key-id {id}", ExitCode.Done);
        await tool.RunAsync(
            "kms delete --yes --key-id 99999999-0000-0000-0000-000000000000", ExitCode.NotFound);
    }

    [Fact]
    public async Task Delete_ByIdOfSomebodyElsesKey_IsRefused()
    {
        using var tool = new Tool();
        var alien = new FakeKmsKey { Id = "99999999-0000-0000-0000-000000000000", Spec = "RSA_2048" };
        tool.Aws.Kms.Keys.Add(alien);
        var run = await tool.RunAsync($"kms delete --yes --key-id {alien.Id}", ExitCode.Failed);
        run.Error.Should().Contain("was not made by this tool");
        tool.Aws.Changes.Should().BeEmpty();
    }

    private static async Task<Tool> WithStuckAlias()
    {
        var tool = new Tool();
        await tool.RunAsync("kms create", ExitCode.Done);
        tool.Aws.Refuse("DeleteAlias", "AccessDeniedException");
        await tool.RunAsync("kms delete --yes", ExitCode.Aws);
        return tool;
    }
}
