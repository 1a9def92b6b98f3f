using System.Text.Json;
using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Client;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Monitor;

public sealed class MonitorCommandTests : IDisposable
{
    private readonly TestLog _log = new(300, 100);
    private readonly TempFolder _folder = new();
    private readonly MovingGateway _gateway = new();

    public MonitorCommandTests() => _gateway.Serve(_log);

    public void Dispose()
    {
        _gateway.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Once_FirstContact_IsOneLineOfJson()
    {
        var run = await MonitorAsync("--once");

        const string trust = "this checkpoint is taken as the beginning, on trust. What the log showed to "
            + "others before is not known.";
        var line = $$"""
            {"time":"2026-11-22T19:00:00Z","event":"first_contact","severity":"info",
            "origin":"sequencer.example/log/demo","size":300,"root":"{{_log.Tree.RootAt(300)}}",
            "message":"First contact: {{trust}}"}
            """;
        run.Should().Be(new CliRun(0, line.Replace("\n", "", StringComparison.Ordinal) + "\n", ""));
    }

    [Fact]
    public async Task Once_OverAndOver_FollowsTheLog()
    {
        Events(await MonitorAsync("--once")).Should().Equal("first_contact");
        Events(await MonitorAsync("--once")).Should().Equal("unchanged");
        using var grown = _log.Resized(400);
        _gateway.Serve(grown);
        Events(await MonitorAsync("--once", "--rehash"))
            .Should().Equal("checkpoint_verified", "entries_verified");
        Events(await MonitorAsync("--once", "--rehash=all")).Should().Equal("entries_verified");
    }

    [Fact]
    public async Task Once_ForkedLog_WritesEvidenceThatProvesItToAnybody()
    {
        await MonitorAsync("--once");
        using var fork = _log.Resized(310, otherFrom: 280).TakenOver(280, seed: 77);
        _gateway.Serve(fork);
        var run = await MonitorAsync("--once", "--evidence", _folder.Under("found"));

        run.ExitCode.Should().Be(1);
        Events(run).Should().Equal("contradiction_proven");
        var file = Directory.EnumerateFiles(_folder.Under("found")).Should().ContainSingle().Which;
        JsonDocument.Parse(run.Output).RootElement.GetProperty("evidence_file").GetString().Should().Be(file);
        var proof = await VerifyAsync(file, Trust());
        proof.ExitCode.Should().Be(0);
        proof.Output.Should().Contain("pass  older: log signature: by sequencer.example/log/demo, key ")
            .And.Contain("pass  contradiction: the entries ")
            .And.Contain("PROVEN: the log sequencer.example/log/demo contradicted itself: no append-only ")
            .And.Contain("- Two boots of accepted enclaves, keys ")
            .And.NotContain("FAIL").And.NotContain("taken from the evidence");
    }

    [Fact]
    public async Task Follow_UntilStopped_ExitsByTheGravestEvent()
    {
        // The clock stands for the time between looks: the third one finds nobody, then it is stopped.
        using var stop = new CancellationTokenSource();
        var looks = 0;
        var time = new StepTime(() =>
        {
            if (++looks == 2)
                _gateway.Now = null;
            else if (looks == 3)
                stop.Cancel();
        });
        var run = await CliRun.OfAsync(
            new Surroundings { Gateway = _gateway, Time = time }, stop.Token, Arguments("--interval", "7"));

        Events(run).Should().Equal("first_contact", "unchanged", "unreachable");
        run.ExitCode.Should().Be(3);
        time.Pauses.Should().Contain(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Once_NobodyListening_Exits3AndTheStateStands()
    {
        await MonitorAsync("--once");
        var before = await File.ReadAllTextAsync(_folder.Under("state.json"));
        _gateway.Now = null;
        var run = await CliRun.OfAsync(
            new Surroundings { Gateway = _gateway, Time = new StepTime(() => { }) }, Arguments("--once"));

        run.ExitCode.Should().Be(3);
        Events(run).Should().Equal("unreachable");
        (await File.ReadAllTextAsync(_folder.Under("state.json"))).Should().Be(before);
    }

    [Fact]
    public async Task Once_Wrong_Exits4()
    {
        _gateway.Now!.Replace("checkpoint", "nothing"u8.ToArray());

        (await MonitorAsync("--once")).ExitCode.Should().Be(4);
    }

    [Theory]
    [InlineData(false, false, "")]
    [InlineData(true, false, "2026-11-22T19:00:00Z  info      First contact")]
    [InlineData(false, true, "2026-11-22T19:00:00Z  info      First contact")]
    public async Task Once_TextForPeople_IsThereWhereSomebodyLooks(
        bool isTerminal, bool isVerbose, string start)
    {
        var run = await CliRun.OfAsync(new Surroundings { Gateway = _gateway, ErrorIsTerminal = isTerminal },
            Arguments(isVerbose ? ["--once", "--verbose"] : ["--once"]));

        run.Error.Should().StartWith(start);
        (run.Error.Length == 0).Should().Be(start.Length == 0);
    }

    [Fact]
    public async Task StateOfAnotherChain_IsUsage()
    {
        await MonitorAsync("--once");
        var run = await CliRun.OfAsync(new Surroundings { Gateway = _gateway },
            "monitor", "http://gateway.test", "other", "--state", _folder.Under("state.json"), "--once");

        (run.ExitCode, run.Output).Should().Be((2, ""));
        run.Error.Should().Contain("state.json is the state of the log sequencer.example/log/demo, not of");
    }

    [Fact]
    public async Task StateDamaged_IsUsage()
    {
        _folder.Write("state.json", "{}");
        var run = await MonitorAsync("--once");

        (run.ExitCode, run.Output).Should().Be((2, ""));
        run.Error.Should().Contain("state.json: The state is damaged: ");
    }

    [Theory]
    [InlineData("--interval", "0")]
    [InlineData("--stale-after", "0")]
    [InlineData("--rehash", "some")]
    public async Task OptionOutOfRange_IsUsage(string option, string value)
    {
        var run = await MonitorAsync("--once", option, value);

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain(option);
    }

    [Fact]
    public async Task Documentation_NamesEveryEvent()
    {
        var text = await File.ReadAllTextAsync(
            Path.Combine(SharedData.RepositoryRoot, "docs", "monitor.md"));

        foreach (var kind in Enum.GetNames<MonitorEventKind>())
            text.Should().Contain($"| `{JsonNamingPolicy.SnakeCaseLower.ConvertName(kind)}` |");
    }

    [Fact]
    public async Task Once_OutputThatTakesNoMore_IsAFaultAndNoContradiction()
    {
        await using var full = new FullDisk();
        var run = await CliRun.OfAsync(
            new Surroundings { Gateway = _gateway, Output = full }, Arguments("--once"));

        run.ExitCode.Should().Be(5);
        run.Error.Should().Contain("No space left");
        File.Exists(_folder.Under("state.json")).Should().BeFalse("what was not told is told again");
    }

    [Fact]
    public async Task Once_ContradictionAndAnOutputThatTakesNoMore_IsStillProven()
    {
        await MonitorAsync("--once");
        using var fork = _log.Resized(310, otherFrom: 280);
        _gateway.Serve(fork);
        await using var full = new FullDisk();
        var run = await CliRun.OfAsync(
            new Surroundings { Gateway = _gateway, Output = full }, Arguments("--once"));

        run.ExitCode.Should().Be(1);
        Directory.EnumerateFiles(_folder.Path, "evidence-*").Should().ContainSingle();
    }

    private static IEnumerable<string> Events(CliRun run) =>
        from line in run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        select JsonDocument.Parse(line).RootElement.GetProperty("event").GetString();

    private string[] Trust() =>
    [
        "--policy", _folder.Write("policy", _log.PolicyText),
        "--images", _folder.Write("images.json", TestLog.Images.ToJson()),
        "--simulated-root", _folder.Write("root.der", _log.Root.Der.ToArray()),
    ];

    private string[] Arguments(params string[] more) =>
    [
        "monitor", "http://gateway.test", TestLog.Chain, "--state", _folder.Under("state.json"),
        .. Trust(), .. more,
    ];

    private Task<CliRun> MonitorAsync(params string[] more) =>
        CliRun.OfAsync(new Surroundings { Gateway = _gateway }, Arguments(more));

    /// <summary>A stranger's run: without any gateway.</summary>
    private static Task<CliRun> VerifyAsync(string file, params string[] trust) =>
        CliRun.OfAsync(["verify-evidence", file, .. trust]);
}
