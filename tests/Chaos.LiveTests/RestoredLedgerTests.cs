using System.Diagnostics;
using System.Globalization;

namespace Sequencer.Chaos.LiveTests;

/// <summary>
/// The oldest attack on a log: the operator restores an older copy of the ledger and starts the enclave anew.
/// Without witnesses nothing prevents it; a monitor that saw the log before proves it.
/// </summary>
public sealed class RestoredLedgerTests : IDisposable
{
    private const string Chain = "restored";

    private readonly Deployment _deployment = new();

    public void Dispose() => _deployment.Dispose();

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    public async Task OlderLedgerRestored_MonitorProvesTheFork(int submittedAfterwards)
    {
        await _deployment.WhenReadyAsync();
        var token = Sequencer("token", "--key", "secrets/jwt.key", "--chain", Chain).Trim();
        Submit(token, "yesterday", 4);
        Sequencer("policy", _deployment.Url.ToString(), Chain, "--out", InFolder("trust"));
        Stop();
        Copy("data", "yesterday");

        await StartAsync();
        Submit(token, "today", 6);
        Monitor(token).ExitCode.Should().Be(0);
        Monitor(token).Output.Should().Contain("\"event\":\"unchanged\"");
        Stop();
        Directory.Delete(InFolder("data"), recursive: true);
        Directory.Move(InFolder("yesterday"), InFolder("data"));

        await StartAsync();
        Submit(token, "a better today", submittedAfterwards);
        var (exitCode, output) = Monitor(token);

        output.Should().Contain("\"event\":\"contradiction_proven\"");
        exitCode.Should().Be(1);
        var evidence = Directory.EnumerateFiles(_deployment.Folder, "evidence-*")
            .Should().ContainSingle().Which;
        Stop();
        Sequencer(["verify-evidence", evidence, .. Trust()]).Should().Contain("PROVEN: the log ")
            .And.Contain("- Two boots of accepted enclaves, keys ").And.NotContain("FAIL");
    }

    private string[] Trust() =>
    [
        "--policy", InFolder("trust/policy"), "--images", InFolder("trust/images.json"),
        "--simulated-root", InFolder("trust/simulated-root.pem"),
    ];

    private (int ExitCode, string Output) Monitor(string token) => _deployment.RunToAnyEnd("Cli", "sequencer",
        ["monitor", _deployment.Url.ToString(), Chain, "--once", "--rehash", "--token", token,
            "--state", InFolder("state.json"), .. Trust()]);

    private void Submit(string token, string what, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Sequencer("submit", string.Create(CultureInfo.InvariantCulture, $"{what} {i}"),
                "--url", _deployment.Url.ToString(), "--token", token,
                "--out", InFolder($"{Guid.NewGuid():n}.tlog-proof"));
        }
    }

    private string Sequencer(params string[] arguments) => _deployment.Run("Cli", "sequencer", arguments);

    private void Stop()
    {
        _deployment.KillGateway();
        _deployment.KillEnclave();
    }

    private async Task StartAsync()
    {
        _deployment.RestartEnclave();
        _deployment.RestartGateway();
        await _deployment.WhenReadyAsync();
    }

    private void Copy(string from, string to)
    {
        using var copy = Process.Start("cp", ["-a", InFolder(from), InFolder(to)]);
        copy.WaitForExit();
        copy.ExitCode.Should().Be(0);
    }

    private string InFolder(string name) => Path.Combine(_deployment.Folder, name);
}
