using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;
using static Sequencer.Client.Tests.Fixtures.FeedGateway;

namespace Sequencer.Cli.Tests.Feed;

public sealed class FeedCommandTests : IDisposable
{
    private readonly TestLog _log = new(300, 100);
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Feed_FromAnIndex_PrintsVerifiedEntriesAsLines()
    {
        var gateway = new FeedGateway(_log, [.. Honest(_log, 0, 3, 3)]);
        var run = await FeedAsync(gateway, "--from", "0", "--count", "2");

        run.Error.Should().BeEmpty();
        run.Output.Should().Be("""
            {"idx":0,"data":"entry 0","created_at":"2026-11-22T19:00:00Z"}
            {"idx":1,"data":"entry 1","created_at":"2026-11-22T19:00:00Z"}

            """);
        run.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Feed_WhoseGatewayIsAway_SaysWhyOnceWhileItTriesAgain()
    {
        var gateway = new FeedGateway(_log);
        var run = await FeedAsync(new Surroundings { Gateway = gateway, Time = new InstantTime() }, "--from", "0");

        gateway.Resumed.Count.Should().BeGreaterThan(2);
        run.Error.Split("It is tried again.").Should().HaveCount(2);
        run.Error.Should().StartWith("The gateway refused (503): it gave no reason. It is tried again.\n");
        run.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task Feed_WithAPosition_GoesOnWhereItEnded()
    {
        var position = _folder.Write("position", "");
        File.Delete(position);
        string[] args = ["--from", "0", "--count", "2", "--position", position];
        await FeedAsync(new FeedGateway(_log, [.. Honest(_log, 0, 5, 5)]), args);
        var gateway = new FeedGateway(_log, [Checkpoint(_log, 2, 5), .. Honest(_log, 2, 5, 5)]);
        var run = await FeedAsync(gateway, args);

        gateway.Resumed.Should().Equal("1");
        run.Output.Should().StartWith("{\"idx\":2,").And.Contain("\n{\"idx\":3,");
        (await File.ReadAllTextAsync(position)).Should().StartWith("4 ");
    }

    [Fact]
    public async Task Feed_WhoseOutputTakesNoMore_GoesOnAtTheEntryThatNobodyGot()
    {
        var position = _folder.Under("position");
        await using var full = new FullDisk(lines: 3);
        var surroundings = new Surroundings
        {
            Gateway = new FeedGateway(_log, [.. Honest(_log, 0, 5, 5)]),
            Output = full,
        };
        var run = await CliRun.OfAsync(surroundings, Arguments("--from", "0", "--position", position));

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("Standard output takes no more: No space left");
        (await File.ReadAllTextAsync(position)).Should().StartWith("3 ");
    }

    [Fact]
    public async Task Feed_WithNothingNamed_SaysWhatIsTakenOnTrust()
    {
        var gateway = new FeedGateway(_log, [.. Honest(_log, 0, 3, 3)]);
        var run = await CliRun.OfAsync(new Surroundings { Gateway = gateway }, "feed", "http://gateway.test",
            TestLog.Chain, "--simulated-root", _folder.Write("root.der", _log.Root.Der.ToArray()),
            "--from", "0", "--count", "1");

        run.ExitCode.Should().Be(0);
        run.Error.Should().Be("The log's key is taken from the gateway on trust. Give --policy FILE to name it.\n"
            + "Any image is accepted that is not in debug mode. Give --images FILE to name them.\n");
    }

    [Fact]
    public async Task Feed_SimulationNotPermitted_SaysHowToPermitIt()
    {
        var gateway = new FeedGateway(_log, [.. Honest(_log, 0, 3, 3)]);
        var run = await CliRun.OfAsync(new Surroundings { Gateway = gateway }, "feed", "http://gateway.test",
            TestLog.Chain, "--from", "0", "--count", "1");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("with --simulated-root FILE");
    }

    [Fact]
    public async Task Feed_PositionThatCannotBeWritten_IsToldBeforeItBegins()
    {
        var gateway = new FeedGateway(_log);
        var run = await FeedAsync(gateway, "--position", _folder.Under("nowhere/position"));

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain("nowhere/position cannot be written");
        gateway.Resumed.Should().BeEmpty();
    }

    [Fact]
    public async Task Feed_FromNowOnStoppedBeforeAnEntry_GoesOnWhereItBegan()
    {
        var position = _folder.Under("position");
        using var stop = new CancellationTokenSource();
        var waiting = new Surroundings { Gateway = new FeedGateway(_log), Time = new StepTime(stop.Cancel) };
        var stopped = await CliRun.OfAsync(waiting, stop.Token, Arguments("--position", position));
        (stopped.ExitCode, stopped.Output).Should().Be((0, ""));
        (await File.ReadAllTextAsync(position)).Should().StartWith("300 ");

        using var grown = _log.Resized(303);
        var gateway = new FeedGateway(grown, [.. Honest(grown, 300, 303, 303)]);
        var run = await FeedAsync(gateway, "--position", position, "--count", "1");
        gateway.Resumed.Should().Equal("299");
        run.Output.Should().StartWith("{\"idx\":300,");
    }

    [Fact]
    public async Task Feed_StoppedBeforeItBegan_SavesNothing()
    {
        var position = _folder.Under("position");
        var gateway = new ScriptedGateway(
            ScriptedGateway.Problem(System.Net.HttpStatusCode.Forbidden, "other_chain", "Not yours."));
        (await CliRun.OfAsync(new Surroundings { Gateway = gateway }, Arguments("--position", position)))
            .ExitCode.Should().Be(1);

        File.Exists(position).Should().BeFalse();
    }

    [Fact]
    public async Task Feed_ThatLies_IsRefusedWithWhatItDid_AndPrintsNothingOfIt()
    {
        var gateway = new FeedGateway(_log, [Entry(0), Entry(1, [1, 2, 3]), Checkpoint(_log, 2, 2)]);
        var run = await FeedAsync(gateway, "--from", "0");

        run.ExitCode.Should().Be(1);
        run.Output.Should().BeEmpty();
        run.Error.Should().Contain("The feed is not to be believed (RootMismatch): ");
    }

    [Fact]
    public async Task Feed_PositionThatIsNone_IsAnErrorOfUsage()
    {
        var run = await FeedAsync(new FeedGateway(_log), "--position", _folder.Write("position", "nonsense"));

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain("is no position of a feed").And.Contain("remove it to begin anew");
    }

    [Fact]
    public async Task Feed_CountOfNothing_IsAnErrorOfUsage()
    {
        var run = await FeedAsync(new FeedGateway(_log), "--count", "0");

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain("--count takes 1 or more.");
    }

    private Task<CliRun> FeedAsync(FeedGateway gateway, params string[] args) =>
        FeedAsync(new Surroundings { Gateway = gateway }, args);

    private Task<CliRun> FeedAsync(Surroundings surroundings, params string[] args) =>
        CliRun.OfAsync(surroundings, Arguments(args));

    private string[] Arguments(params string[] args) =>
    [
        "feed", "http://gateway.test", TestLog.Chain,
        "--policy", _folder.Write("policy", _log.PolicyText),
        "--images", _folder.Write("images.json", TestLog.Images.ToJson()),
        "--simulated-root", _folder.Write("root.der", _log.Root.Der.ToArray()), .. args,
    ];
}
