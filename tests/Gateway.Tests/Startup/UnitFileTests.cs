using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>What the systemd unit that is shipped says of this program.</summary>
public class UnitFileTests
{
    private static readonly string[] Unit = File.ReadAllLines(
        Path.Combine(SharedData.RepositoryRoot, "setup", "systemd", "sequencer-gateway.service"));

    /// <summary>A supervisor that starts a fenced gateway again makes two take turns.</summary>
    [Fact]
    public void AFencedGateway_IsNotStartedAgain() =>
        Setting("RestartPreventExitStatus").Split(' ').Should().BeEquivalentTo(
            $"{ExitCodes.Usage}", $"{ExitCodes.Fenced}");

    [Fact]
    public void AStop_HasTheTimeToGiveTheAnswersThatAreOwed()
    {
        var sample = File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "setup", "sample.toml"));
        const string key = "stop_timeout_seconds = ";
        var owed = sample.Single(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..];
        int.Parse(Setting("TimeoutStopSec")).Should().BeGreaterThan(int.Parse(owed));
    }

    private static string Setting(string name) =>
        Unit.Single(line => line.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];
}
