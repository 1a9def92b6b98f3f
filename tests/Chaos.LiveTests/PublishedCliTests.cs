using System.Diagnostics;
using Sequencer.Testing;

namespace Sequencer.Chaos.LiveTests;

/// <summary>The command line as auditors carry it: one file, which needs neither an SDK nor this tree.</summary>
public sealed class PublishedCliTests : IDisposable
{
    private const string Chain = "published";

    private readonly Deployment _deployment = new();

    public void Dispose() => _deployment.Dispose();

    [Fact]
    public async Task MakeCli_GivesOneFile_ThatVerifiesAReceiptWhereThereIsNoDotnet()
    {
        Run(SharedData.RepositoryRoot, [], "make", "--no-print-directory", "cli").ExitCode.Should().Be(0);
        var program = InFolder("sequencer");
        File.Copy(Path.Combine(SharedData.RepositoryRoot, "artifacts", "sequencer"), program);
        await _deployment.WhenReadyAsync();
        await File.WriteAllTextAsync(InFolder("tx"), "alice pays bob 5");
        var token = Alone(program, "token", "--key", "secrets/jwt.key", "--chain", Chain).Output.Trim();
        Alone(program, "submit", "--file", "tx", "--out", "receipt", "--token", token,
            "--url", _deployment.Url.ToString()).ExitCode.Should().Be(0);
        Alone(program, "policy", _deployment.Url.ToString(), Chain, "--out", "trust").ExitCode.Should().Be(0);

        string[] verify =
        [
            "verify", "receipt", "--data", "tx", "--policy", "trust/policy", "--images", "trust/images.json",
            "--simulated-root", "trust/simulated-root.pem",
        ];
        Alone(program, verify).ExitCode.Should().Be(0);
        await File.WriteAllTextAsync(InFolder("tx"), "alice pays bob 6");
        Alone(program, verify).ExitCode.Should().Be(1);
    }

    /// <summary>Runs the program with an environment that leads to no runtime.</summary>
    private (int ExitCode, string Output) Alone(string program, params string[] arguments) => Run(
        _deployment.Folder,
        [("PATH", ""), ("DOTNET_ROOT", InFolder("nothing")), ("HOME", _deployment.Folder)],
        program, arguments);

    private string InFolder(string name) => Path.Combine(_deployment.Folder, name);

    private static (int ExitCode, string Output) Run(
        string folder, (string Name, string Value)[] environment, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
