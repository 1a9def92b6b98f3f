using System.Security.Cryptography;
using Sequencer.Iac.Output;
using Sequencer.Iac.Tests.Fakes;

namespace Sequencer.Iac.Tests.Keys;

public sealed class KeyDeleteTests
{
    [Theory]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    public async Task Delete_OurPair_RemovesItAndItsFile(string type)
    {
        using var tool = new Tool();
        await tool.RunAsync($"key create --key-type {type}", ExitCode.Done);
        var run = await tool.RunAsync("key delete --yes --output json", ExitCode.Done);
        tool.Aws.Keys.All.Should().BeEmpty();
        tool.Has("secrets/test-key.pem").Should().BeFalse();
        run.Json.GetProperty("private_key_file").GetString().Should().Be("secrets/test-key.pem");
    }

    [Fact]
    public async Task Delete_PairOfSomebodyElse_IsRefused()
    {
        using var tool = new Tool();
        tool.Aws.Keys.All.Add(
            new FakeKeyPair("test-key", "key-1", "rsa", "ssh-rsa AAAA", new Dictionary<string, string>()));
        var run = await tool.RunAsync("key delete --yes", ExitCode.Failed);
        run.Error.Should().Contain("was not made by this tool")
            .And.Contain("managed-by=blocky-sequencer-iac");
        tool.Aws.Changes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("running")]
    [InlineData("stopped")]
    public async Task Delete_PairOfAnInstance_IsRefusedUntilTheFileIsElsewhere(string state)
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        tool.Aws.Instances.All.Single().State = state;
        var run = await tool.RunAsync("key delete --yes", ExitCode.Failed);
        run.Error.Should().Contain($"'test-key' is in use by i-00000000000000001 ({state})")
            .And.Contain("without secrets/test-key.pem").And.Contain("move the file away");
        tool.Aws.Keys.All.Should().ContainSingle();

        File.Move(tool.PathOf("secrets/test-key.pem"), tool.PathOf("test-key.pem"));
        run = await tool.RunAsync("key delete --yes", ExitCode.Done);
        run.Error.Should().Contain($"warning: the key pair 'test-key' is in use by i-00000000000000001 ({state})")
            .And.Contain("no new one opens what uses it");
        tool.Aws.Keys.All.Should().BeEmpty();
    }

    [Theory]
    [InlineData("shutting-down")]
    [InlineData("terminated")]
    public async Task Delete_PairOfAGoneInstance_RemovesItAndItsFile(string state)
    {
        using var tool = new Tool();
        await tool.RunAsync("up", ExitCode.Done);
        tool.Aws.Instances.All.Single().State = state;
        await tool.RunAsync("key delete --yes", ExitCode.Done);
        tool.Has("secrets/test-key.pem").Should().BeFalse();
    }

    [Fact]
    public async Task Delete_NoSuchPair_LeavesTheFileAndSaysWhy()
    {
        using var tool = new Tool();
        tool.Write("secrets/test-key.pem", "of another region");
        var run = await tool.RunAsync("key delete --yes", ExitCode.NotFound);
        run.Error.Should().Contain("There is no key pair 'test-key' in us-east-1")
            .And.Contain("left in place");
        tool.Has("secrets/test-key.pem").Should().BeTrue();
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    public async Task Delete_FileOfAnotherPair_LeavesTheFile(string type)
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        var other = type == "rsa" ? FakeKeyPairs.Rsa() : FakeKeyPairs.Ed25519(77);
        tool.Write("secrets/test-key.pem", other.Pem);
        var run = await tool.RunAsync("key delete --yes --output json", ExitCode.Done);
        run.Error.Should().Contain("is the private key of another key pair");
        run.Output.Should().Contain("\"private_key_file\": null");
        tool.Aws.Keys.All.Should().BeEmpty();
        tool.Has("secrets/test-key.pem").Should().BeTrue();
    }

    [Theory]
    [InlineData("key delete --yes", true)]
    [InlineData("down --yes", true)]
    [InlineData("key delete --yes", false)]
    public async Task Delete_FileOfAFormThatIsNotRead_LeavesTheFile(string line, bool awsGivesThePublicKey)
    {
        using var tool = new Tool();
        await tool.RunAsync("key create --key-type rsa", ExitCode.Done);
        using var rsa = RSA.Create(2048);
        var sealing = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        tool.Write("secrets/test-key.pem", rsa.ExportEncryptedPkcs8PrivateKeyPem("passphrase", sealing));
        if (!awsGivesThePublicKey)
            tool.Aws.Keys.All[0] = tool.Aws.Keys.All[0] with { PublicKey = string.Empty };
        var run = await tool.RunAsync(line, ExitCode.Done);
        run.Error.Should().Contain("secrets/test-key.pem cannot be told to be this pair's private key");
        tool.Aws.Keys.All.Should().BeEmpty();
        tool.Has("secrets/test-key.pem").Should().BeTrue();
    }

    [Fact]
    public async Task Delete_EmulatorWithoutPublicKeys_RemovesTheFile()
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        tool.Aws.Keys.All[0] = tool.Aws.Keys.All[0] with { PublicKey = string.Empty };
        await tool.RunAsync("key delete --yes", ExitCode.Done);
        tool.Has("secrets/test-key.pem").Should().BeFalse();
    }

    [Fact]
    public async Task Delete_FileMissing_DeletesThePair()
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        File.Delete(tool.PathOf("secrets/test-key.pem"));
        await tool.RunAsync("key delete --yes", ExitCode.Done);
        tool.Aws.Keys.All.Should().BeEmpty();
    }

    [Fact]
    public async Task Delete_AwsRefuses_LeavesTheFile()
    {
        using var tool = new Tool();
        await tool.RunAsync("key create", ExitCode.Done);
        tool.Aws.Refuse("DeleteKeyPair", "UnauthorizedOperation", status: 403);
        await tool.RunAsync("key delete --yes", ExitCode.Aws);
        tool.Has("secrets/test-key.pem").Should().BeTrue();
    }

    [Fact]
    public async Task List_SeveralPairs_ShowsOursOnlyInOrder()
    {
        using var tool = new Tool();
        tool.Aws.Keys.All.Add(
            new FakeKeyPair("alien", "key-1", "rsa", "ssh-rsa AAAA", new Dictionary<string, string>()));
        await tool.RunAsync("key create --key-name b", ExitCode.Done);
        await tool.RunAsync("key create --key-name a", ExitCode.Done);
        File.Delete(tool.PathOf("secrets/b.pem"));
        var run = await tool.RunAsync("key list --output json", ExitCode.Done);
        var keys = run.Json.GetProperty("keys").EnumerateArray().ToList();
        keys.Select(key => key.GetProperty("name").GetString()).Should().Equal("a", "b");
        keys.Select(key => key.GetProperty("private_key_file").GetString())
            .Should().Equal("secrets/a.pem", null);
        var table = await tool.RunAsync("key list", ExitCode.Done);
        table.Output.Should().Contain("Private key").And.Contain("secrets/a.pem").And.NotContain("alien");
    }

    [Fact]
    public async Task List_None_SaysSoOnErrorAndGivesScriptsAnEmptyList()
    {
        using var tool = new Tool();
        var table = await tool.RunAsync("key list", ExitCode.Done);
        table.Output.Should().BeEmpty();
        table.Error.Should().Contain("No key pairs of this tool in us-east-1");
        var json = await tool.RunAsync("key list --output json", ExitCode.Done);
        json.Json.GetProperty("keys").GetArrayLength().Should().Be(0);
    }
}
