using Sequencer.Testing;

namespace Sequencer.Iac.LiveTests;

/// <summary>The ways in which the documentation says the tool is used.</summary>
[Collection(OneAws.Name)]
public sealed class WorkflowTests(Aws aws)
{
    [LiveTheory]
    [InlineData("docs/iac.md", "<!-- quick start -->")]
    [InlineData("README.md", "## Infrastructure: `Iac`")]
    public async Task QuickStart_OfTheGuidePastedIntoAShell_WorksAndLeavesNothingBehind(
        string file, string above)
    {
        using var work = new Workspace(aws);
        var guide = await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, file));
        var commands = guide.Split(above)[1].Split("```sh\n")[1].Split("```")[0];
        var script = commands.Replace("dotnet run --project src/Iac -- ", "iac ", StringComparison.Ordinal)
            .Replace("iac down", "iac down --yes", StringComparison.Ordinal);
        script.Should().Contain("iac up").And.Contain("iac key list").And.Contain("iac instance list");
        var run = await work.BashAsync(script, 0);
        run.Output.Should().Contain(work.KeyName)
            .And.Contain(work.InstanceName).And.Contain("Connect: ssh -i secrets/");
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
        Directory.GetFiles(work.PathOf("secrets"), "*.pem*").Should().BeEmpty();
    }

    [LiveFact]
    public async Task WordsOfThePythonDays_InTheirOrder_Work()
    {
        using var work = new Workspace(aws);
        foreach (var line in new[]
        {
            "key create", "security-group create", "instance create", "key list", "instance list",
            "instance terminate --yes", "key delete --yes", "security-group delete --yes",
        })
        {
            await work.RunAsync(line, 0);
        }

        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
    }

    [LiveFact]
    public async Task Up_Repeated_ChangesNothingAndFollowsTheAddress()
    {
        using var work = new Workspace(aws);
        await work.RunAsync("up", 0);
        var first = await State.AskAsync(aws, work.Prefix);
        var again = await work.RunAsync("up --output json", 0);
        again.Json.GetProperty("steps").EnumerateArray()
            .Should().OnlyContain(step => step.GetProperty("outcome").GetString() == "unchanged");
        (await State.AskAsync(aws, work.Prefix)).Should().BeEquivalentTo(first);

        await work.RunAsync("instance stop", 0);
        await work.RunAsync("up --ssh-cidr 198.51.100.9", 0);
        var moved = await State.AskAsync(aws, work.Prefix);
        moved.Groups[work.GroupName].Should().Be("198.51.100.9/32");
        moved.Instances[work.InstanceName].Should().StartWith("running ");
        await work.RunAsync("down --yes", 0);
        (await work.RunAsync("down --yes", 0)).Output.Should().Contain("absent");
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
    }

    [LiveFact]
    public async Task Key_OfEitherType_IsAPrivateKeyThatSshTakes()
    {
        using var work = new Workspace(aws);
        foreach (var type in new[] { "ed25519", "rsa" })
        {
            await work.RunAsync($"key create --key-type {type}", 0);
            var pem = $"secrets/{work.KeyName}.pem";
            File.GetUnixFileMode(work.PathOf(pem))
                .Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var check = await work.BashAsync(
                $"command -v ssh-keygen > /dev/null || exit 0; ssh-keygen -y -P '' -f {pem}", 0);
            check.Output.Should().Match(output => output.Length == 0 || output.Contains($"ssh-{type}"));
            await work.RunAsync("key delete --yes", 0);
        }
    }
}
