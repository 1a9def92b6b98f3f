using System.Text.Json;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.Configuration;

public sealed class ResolutionTests
{
    public static TheoryData<string> Keys() => [.. Settings.All.Select(setting => setting.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task ConfigShow_EveryKey_ComesFromOptionThenVariableThenFileThenDefault(string key)
    {
        var setting = Settings.All.Single(one => one.Key == key);
        using var tool = new Tool(string.Empty);
        (await ValueAsync(tool, key)).Should().Be(
            setting.Default is { } standard ? (standard, "default", "default") : (null, "unset", "not set"));

        tool.Write("setup/config.toml", $"[iac.aws]\n{key} = {setting.Sample}\n");
        var (fromFile, source, origin) = await ValueAsync(tool, key);
        (source, origin).Should().Be(("file", "setup/config.toml"));

        tool.Environment[setting.Environment] = Other(setting);
        (await ValueAsync(tool, key)).Should().Be((Other(setting), "environment", setting.Environment));

        (await ValueAsync(tool, key, setting.Option, fromFile!))
            .Should().Be((fromFile, "option", setting.Option));
    }

    [Fact]
    public async Task ConfigShow_EmptyVariableOrText_CountsAsNotSet()
    {
        using var tool = new Tool("[iac.aws]\ncred_file = \"\"\nregion = \"eu-west-1\"\n");
        tool.Environment["SEQUENCER_IAC_REGION"] = string.Empty;
        (await ValueAsync(tool, "region")).Value.Should().Be("eu-west-1");
        (await ValueAsync(tool, "cred_file")).Source.Should().Be("unset");
    }

    [Fact]
    public async Task ConfigShow_AccessKey_IsMaskedAndTheSecretNowhere()
    {
        using var tool = new Tool();
        var table = await tool.RunAsync("config show", ExitCode.Done);
        var json = await tool.RunAsync("config show --output json", ExitCode.Done);
        json.Json.GetProperty("credentials").GetString().Should().Be("AKIA…MPLE from secrets/operator.csv");
        foreach (var text in new[] { table.Output, table.Error, json.Output, json.Error })
            text.Should().NotContain(Tool.Secret).And.NotContain(Tool.KeyId);
        tool.Aws.Calls.Should().BeEmpty("showing the configuration asks AWS nothing");
    }

    [Theory]
    [InlineData("Access key ID,Secret access key\n", "has only one line")]
    [InlineData(null, "does not exist")]
    public async Task ConfigShow_AccessKeyOfNoUse_ShowsTheRestAndSaysWhy(string? csv, string problem)
    {
        using var tool = new Tool();
        if (csv is null)
            File.Delete(tool.PathOf("secrets/operator.csv"));
        else
            tool.Write("secrets/operator.csv", csv);
        var run = await tool.RunAsync("config show", ExitCode.Done);
        run.Output.Should().Contain("us-east-1")
            .And.Contain($"The credentials file secrets/operator.csv {problem}.");
    }

    [Fact]
    public async Task ConfigShow_WithoutFile_SaysSo()
    {
        using var tool = new Tool();
        File.Delete(tool.PathOf("setup/config.toml"));
        var run = await tool.RunAsync("config show", ExitCode.Done);
        run.Output.Should().Contain("none (setup/config.toml does not exist)")
            .And.Contain("AWS default chain");
    }

    [Fact]
    public async Task AnyCommand_WithoutWhatItNeeds_NamesTheThreeWaysToGiveIt()
    {
        using var tool = new Tool("[iac.aws]\ncred_file = \"operator.csv\"\n");
        var run = await tool.RunAsync("key list", ExitCode.Usage);
        run.Error.Should().Contain("region is not set").And.Contain("--region")
            .And.Contain("SEQUENCER_IAC_REGION").And.Contain("setup/config.toml");
    }

    [Fact]
    public async Task AnyCommand_WithSeveralWrongValues_NamesThemAllWithTheirOrigin()
    {
        using var tool = new Tool("[iac.aws]\nregion = \"nowhere\"\n");
        tool.Environment["SEQUENCER_IAC_VOLUME_GIB"] = "3";
        var run = await tool.RunAsync("key list --endpoint-url x", ExitCode.Usage);
        run.Error.Should().Contain("region ('nowhere', from setup/config.toml)")
            .And.Contain("volume_gib ('3', from SEQUENCER_IAC_VOLUME_GIB)")
            .And.Contain("endpoint_url ('x', from --endpoint-url)");
    }

    [Fact]
    public async Task AnyCommand_VariableOfNoKey_IsRefusedLikeAKeyInTheFile()
    {
        using var tool = new Tool();
        tool.Environment["SEQUENCER_IAC_LIVE"] = "aws";
        tool.Environment["SEQUENCER_IAC_SSH_CIDRS"] = string.Empty;
        await tool.RunAsync("key list", ExitCode.Done);
        tool.Environment["SEQUENCER_IAC_SSH_CIDRS"] = "198.51.100.1";
        (await tool.RunAsync("key list", ExitCode.Usage)).Error.Should()
            .Contain("SEQUENCER_IAC_SSH_CIDRS is the variable of no key (did you mean 'ssh_cidr'?)");
    }

    private static string Other(Setting setting) => setting.Key switch
    {
        "cred_file" => "other.csv",
        "availability_zone" => "eu-west-1b",
        "region" => "eu-west-1",
        "ssh_cidr" => "198.51.100.1",
        "service_ports" => "443,8443",
        "instance_kind" => "standard",
        "instance_type" => "m5.xlarge",
        "image_id" => "ami-0fedcba9876543210",
        "key_type" => "rsa",
        "tags" => "a=b",
        "endpoint_url" => "https://ec2.example.com",
        _ when setting.Kind == SettingKind.Integer => "64",
        _ => "other-name",
    };

    private static async Task<(string? Value, string Source, string Origin)> ValueAsync(
        Tool tool, string key, params string[] options)
    {
        var run = await tool.RunAsync(["config", "show", "--output", "json", .. options], ExitCode.Done);
        var value = run.Json.GetProperty("values").EnumerateArray().Single(one => Text(one, "key") == key);
        return (Text(value, "value"), Text(value, "source")!, Text(value, "origin")!);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
