using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.Configuration;

public sealed class ConfigurationFileTests
{
    [Theory]
    [InlineData("[iac.aws]\nregoin = \"us-east-1\"", "it has no key 'regoin' (did you mean 'region'?)")]
    [InlineData("[iac.aws]\nquite_different = 1", "it has no key 'quite_different'.")]
    [InlineData("[iac.aws]\nregion = 5", "region must be a string, as in: region = \"us-east-1\"")]
    [InlineData("[iac.aws]\nvolume_gib = \"20\"", "volume_gib must be a whole number")]
    [InlineData("[iac.aws]\nservice_ports = [\"5000\"]", "service_ports must be a list of whole numbers")]
    [InlineData("[iac.aws]\nservice_ports = 5000", "service_ports must be a list of whole numbers")]
    [InlineData("[iac.aws]\nssh_cidr = [5]", "ssh_cidr must be a string or a list of strings, as in: ssh_cidr = [\"")]
    [InlineData("[iac.aws]\nssh_cidr = 5", "ssh_cidr must be a string or a list of strings")]
    [InlineData("[iac.aws]\ntags = [\"a\"]", "tags must be a table of strings")]
    [InlineData("[iac.aws]\ntags = { team = \"a,b=c\" }", "of strings, with no ',' or '=' in them, as in: tags = {")]
    [InlineData("[iac.aws]\ntags = { \"a=b\" = \"c\" }", "of strings, with no ',' or '=' in them, as in: tags = {")]
    [InlineData("[iac]\naws = 5", "iac.aws of setup/config.toml must be a table")]
    [InlineData("[iac.aws]\nregion = us", "setup/config.toml is not TOML: line 2: ")]
    [InlineData("[iac.aws]\nregion = \"a\"\nregion = \"b\"", "line 3: The key `iac.aws.region` is already")]
    public async Task Read_WrongFile_StopsWithOneLineThatSaysWhy(string toml, string problem)
    {
        using var tool = new Tool(toml);
        var run = await tool.RunAsync("config show", ExitCode.Usage);
        run.Error.Should().Contain(problem);
        run.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task Read_TwoFaults_NamesBoth()
    {
        using var tool = new Tool("[iac.aws]\nregion = 5\nnonsense = 1");
        (await tool.RunAsync("config show"))
            .Error.Should().Contain("region must be").And.Contain("no key 'nonsense'");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[gateway]\nport = 5000\n")]
    [InlineData("[iac]\nother = 1\n")]
    public async Task Read_FileWithoutTheTable_IsAnEmptyOne(string toml)
    {
        using var tool = new Tool(toml);
        await tool.RunAsync("config show", ExitCode.Done);
    }

    [Fact]
    public async Task Read_ChosenFileThatIsNotThere_IsRefused()
    {
        using var tool = new Tool();
        var run = await tool.RunAsync("config show --config other.toml", ExitCode.Usage);
        run.Error.Should().Contain("other.toml cannot be read");
    }

    [Fact]
    public async Task Read_ChosenFile_TakesTheDefaultOnesPlace()
    {
        using var tool = new Tool();
        tool.Write("other.toml", "[iac.aws]\nregion = \"eu-west-1\"\n");
        var run = await tool.RunAsync("config show --config other.toml", ExitCode.Done);
        run.Output.Should().Contain("eu-west-1").And.NotContain("test-key");
    }

    [Fact]
    public async Task Read_HugeFile_IsRefused()
    {
        using var tool = new Tool(new string('#', 2 << 20));
        (await tool.RunAsync("config show", ExitCode.Usage)).Error.Should().Contain("larger than");
    }
}
