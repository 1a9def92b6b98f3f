using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.Keys;

public sealed class KeyCreateTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Create_Plain_MakesAnEd25519PairAndWritesItForItsOwnerOnly()
    {
        using var tool = new Tool();
        var run = await tool.RunAsync("key create --output json --tags team=ledger", ExitCode.Done);
        var call = tool.Aws.Last("CreateKeyPair");
        call["KeyType"].Should().Be("ed25519");
        call["KeyFormat"].Should().Be("pem");
        call.Tags("key-pair").Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["managed-by"] = "blocky-sequencer-iac",
            ["Name"] = "test-key",
            ["team"] = "ledger",
        });
        tool.Read("secrets/test-key.pem")
            .Should().StartWith("-----BEGIN OPENSSH PRIVATE KEY-----").And.EndWith("-----\n");
        File.GetUnixFileMode(tool.PathOf("secrets/test-key.pem")).Should().Be(OwnerOnly);
        tool.Has("secrets/test-key.pem.partial").Should().BeFalse();
        run.Output.Should().Be("""
            {
              "name": "test-key",
              "key_pair_id": "key-00000000000000001",
              "type": "ed25519",
              "fingerprint": "aa:bb",
              "created_at": "2026-11-22T19:00:00+00:00",
              "private_key_file": "secrets/test-key.pem"
            }

            """);
        run.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task Create_Rsa_MakesAnRsaPair()
    {
        using var tool = new Tool();
        await tool.RunAsync("key create --key-type rsa", ExitCode.Done);
        tool.Aws.Last("CreateKeyPair")["KeyType"].Should().Be("rsa");
        tool.Read("secrets/test-key.pem").Should().StartWith("-----BEGIN RSA PRIVATE KEY-----");
    }

    [Fact]
    public async Task Create_WithoutSecretsFolder_MakesItForItsOwnerOnly()
    {
        using var tool = new Tool();
        tool.Environment["SEQUENCER_IAC_CRED_FILE"] = string.Empty;
        Directory.Move(tool.PathOf("secrets"), tool.PathOf("elsewhere"));
        Directory.CreateDirectory(tool.PathOf("new"));
        File.Copy(tool.PathOf("elsewhere/operator.csv"), tool.PathOf("new/operator.csv"));
        Directory.Delete(tool.PathOf("elsewhere"), recursive: true);
        await tool.RunAsync("key create --secrets new", ExitCode.Done);
        tool.Has("new/test-key.pem").Should().BeTrue();
    }

    [Fact]
    public async Task Create_FileExists_IsRefusedBeforeAwsIsAsked()
    {
        using var tool = new Tool();
        tool.Write("secrets/test-key.pem", "mine");
        var run = await tool.RunAsync("key create", ExitCode.AlreadyThere);
        run.Error.Should().Contain("secrets/test-key.pem exists already");
        tool.Read("secrets/test-key.pem").Should().Be("mine");
        tool.Aws.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task Create_AwsHasThePair_SaysThatItsPrivateKeyIsNotHere()
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        File.Delete(tool.PathOf("secrets/test-key.pem"));
        var run = await tool.RunAsync("key create", ExitCode.AlreadyThere);
        run.Error.Should().Contain("AWS has a key pair 'test-key'").And.Contain("only once");
        tool.Has("secrets/test-key.pem").Should().BeFalse();
        tool.Has("secrets/test-key.pem.partial").Should().BeFalse();
    }

    [Fact]
    public async Task Create_WritingFailsAfterAwsMadeThePair_DeletesThePairAgain()
    {
        using var tool = new Tool();
        tool.Aws.Next("CreateKeyPair", _ =>
        {
            tool.Write("secrets/test-key.pem", "written by somebody else meanwhile");
            return null;
        });
        var run = await tool.RunAsync("key create", ExitCode.Failed);
        tool.Aws.Keys.All.Should().BeEmpty();
        tool.Read("secrets/test-key.pem").Should().Be("written by somebody else meanwhile");
        tool.Has("secrets/test-key.pem.partial").Should().BeFalse();
        run.Error.Should().Contain("could not be written")
            .And.Contain("- created the key pair 'test-key'")
            .And.Contain("- deleted the key pair 'test-key'");
    }

    [Fact]
    public async Task Create_WritingAndDeletingFail_SaysThatThePairIsStillThere()
    {
        using var tool = new Tool();
        tool.Aws.Next("CreateKeyPair", _ =>
        {
            tool.Write("secrets/test-key.pem", "x");
            return null;
        });
        tool.Aws.Refuse("DeleteKeyPair", "UnauthorizedOperation", status: 403);
        var run = await tool.RunAsync("key create", ExitCode.Aws);
        tool.Aws.Keys.All.Should().ContainSingle();
        run.Error.Should().Contain("which stays:")
            .And.Contain("its private key lost").And.NotContain("- deleted");
    }

    [Fact]
    public async Task Create_PartialFileOfAKilledRun_IsRefusedBeforeAwsIsAsked()
    {
        using var tool = new Tool();
        tool.Write("secrets/test-key.pem.partial", string.Empty);
        var run = await tool.RunAsync("key create", ExitCode.Failed);
        run.Error.Should().Contain("another 'key create' is running, or one was killed");
        tool.Aws.Calls.Should().BeEmpty();
        tool.Has("secrets/test-key.pem.partial")
            .Should().BeTrue("it may hold the only copy of a private key");
    }

    [Fact]
    public async Task Create_AwsRefuses_LeavesNoFile()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("CreateKeyPair", "UnauthorizedOperation", status: 403);
        var run = await tool.RunAsync("key create", ExitCode.Aws);
        run.Error.Should().Contain("AWS refused to create the key pair 'test-key' (UnauthorizedOperation)")
            .And.Contain("ec2:CreateKeyPair");
        Directory.GetFiles(tool.PathOf("secrets")).Should().ContainSingle();
    }

    [Fact]
    public async Task Create_ReplyLostOnTheWay_TellsWhatToDoAboutThePair()
    {
        using var tool = new Tool();
        tool.Aws.Next("CreateKeyPair", call =>
        {
            tool.Aws.Answer(call).Dispose();
            throw new HttpRequestException("The connection was reset.");
        });
        var run = await tool.RunAsync("key create", ExitCode.AlreadyThere);
        run.Error.Should().Contain("'iac key delete' and 'iac key create'");
    }
}
