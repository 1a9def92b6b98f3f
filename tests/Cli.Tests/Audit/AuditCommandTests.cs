using System.Net;
using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Audit;

public sealed class AuditCommandTests : IDisposable
{
    private readonly TestLog _log = new(300, 100);
    private readonly TempFolder _folder = new();
    private readonly StaticGateway _gateway;

    public AuditCommandTests() => _gateway = new StaticGateway(_log);

    public void Dispose()
    {
        _gateway.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Audit_WithEverythingNamed_SaysOnlyThatItIsSimulated()
    {
        var run = await AuditAsync("--token", "t", "--policy", _folder.Write("policy", _log.PolicyText),
            "--images", _folder.Write("images.json", TestLog.Images.ToJson()), "--simulated-root", Root(),
            "--older-checkpoint", _folder.Write("older", _log.NoteAt(200)));

        run.Error.Should().BeEmpty();
        run.Output.Should().Be($"""
            pass  log signature: by the key that the policy names for sequencer.example/log/demo
            pass  enclave cosignature: by sequencer.example/log/_simulated-enclave of epoch 2 (from size 100)
            n/a   witnesses: no policy demands any
            pass  tiles: 3 read and compared
            pass  entries: 300 entries hashed
            pass  root: {_log.Tree.RootAt(300)} at size 300
            pass  epochs: 2, with their attestation documents
            pass  handovers: 1
            pass  older checkpoint: of a prefix of this log

            SOUND: 300 entries of sequencer.example/log/demo, one history from the first.
            - SIMULATED: nothing is guaranteed beyond the root given with --simulated-root.

            """);
        run.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Audit_WithNothingNamed_SaysWhatWasTakenOnTrust()
    {
        var run = await AuditAsync("--simulated-root", Root());

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("n/a   entries: not read: only their leaf hashes were checked")
            .And.Contain("Leaf hashes only: without a token").And.Contain("taken from the gateway on trust")
            .And.Contain("Any image was accepted");
    }

    [Fact]
    public async Task Audit_PublicEntriesWithoutAToken_AreHashedWhenAskedFor()
    {
        var run = await AuditAsync("--simulated-root", Root(), "--rehash");

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("pass  entries:").And.NotContain("Leaf hashes only");
    }

    [Fact]
    public async Task Audit_Damage_IsNamedBelowItsPart()
    {
        _gateway.Flip("tile/entries/000", 5);
        var run = await AuditAsync("--token", "t", "--simulated-root", Root());

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("FAIL  entries: 300 entries hashed\n")
            .And.Contain("      tile/entries/000: Entry 0 hashes to ")
            .And.EndWith("NOT SOUND: 1 thing is wrong.\n");
    }

    [Fact]
    public async Task Audit_SimulationNotPermitted_SaysHowToPermitIt()
    {
        var run = await AuditAsync("--token", "t");

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("give the simulated root's certificate with --simulated-root FILE");
    }

    [Fact]
    public async Task Audit_ChainThatNeedsAToken_EndsWithTheGatewaysReason()
    {
        var gateway = new ScriptedGateway(
            ScriptedGateway.Problem(HttpStatusCode.Unauthorized, "token_missing", "It needs a token."));
        var run = await CliRun.OfAsync(
            new Surroundings { Gateway = gateway }, "audit", "http://gateway.test", "demo");

        run.Should().Be(new CliRun(1, "", "The gateway refused (401 token_missing): It needs a token.\n"));
    }

    [Fact]
    public async Task Audit_OnATerminal_ShowsItsProgressThereAlone()
    {
        var run = await CliRun.OfAsync(new Surroundings { Gateway = _gateway, ErrorIsTerminal = true },
            "audit", "http://gateway.test", TestLog.Chain, "--simulated-root", Root());

        run.ExitCode.Should().Be(0);
        run.Output.Should().StartWith("pass  log signature").And.NotContain("%");
    }

    private string Root() => _folder.Write("root.der", _log.Root.Der.ToArray());

    private Task<CliRun> AuditAsync(params string[] args) => CliRun.OfAsync(
        new Surroundings { Gateway = _gateway }, ["audit", "http://gateway.test", TestLog.Chain, .. args]);
}
