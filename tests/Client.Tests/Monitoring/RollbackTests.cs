using System.Net;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Tlog;
using static Sequencer.Client.MonitorEventKind;

namespace Sequencer.Client.Tests.Monitoring;

/// <summary>A log that went back and refuses what would show it: that is more than a warning.</summary>
public sealed class RollbackTests : IDisposable
{
    private readonly MonitorFixture _m = new(300, 100);
    private readonly TestLog _older;

    public RollbackTests() => _older = _m.Log.Resized(150);

    public void Dispose()
    {
        _older.Dispose();
        _m.Dispose();
    }

    [Theory]
    [InlineData("tile", HttpStatusCode.Forbidden)]
    [InlineData("tile", HttpStatusCode.TooManyRequests)]
    [InlineData("tile", HttpStatusCode.ServiceUnavailable)]
    [InlineData("epochs", HttpStatusCode.Forbidden)]
    [InlineData("epochs", HttpStatusCode.InternalServerError)]
    public async Task Look_SmallerAndTheRestRefused_IsRolledBack(string path, HttpStatusCode status)
    {
        await _m.LookAsync();
        _m.Restart();
        _m.Gateway.Serve(_older).Now!.Refuse(path, status);

        (await _m.LookAsync()).Should().StartWith([Unreachable]).And.EndWith([RolledBack]);
    }

    [Fact]
    public async Task Look_SmallerAndAnEpochThatIsNull_IsRolledBack()
    {
        await _m.LookAsync();
        _m.Restart();
        _m.Gateway.Serve(_older).Now!.Replace(
            "epochs", Bytes("""{"origin": "any", "log_key": "any", "epochs": [null]}"""));

        (await _m.LookAsync()).Should().StartWith([NotChecked]).And.EndWith([RolledBack]);
    }

    [Fact]
    public async Task Look_SmallerAndTheCheckEndsInAFault_IsRolledBackAllTheSame()
    {
        await _m.LookAsync();
        using var gateway = new FaultyGateway(_older);
        var monitor = new LogMonitor(gateway.Connect(), MonitorFixture.Chain, _m.Log.Enclaves, new("unused"),
            _m.Options, _m.Monitor.State, TestLog.Clock);

        var told = (await monitor.LookAsync()).Events;
        told.Select(it => it.Kind).Should().Equal(NotChecked, RolledBack);
        told[0].Message.Should().Contain("a fault of this program (NotSupportedException): no epochs here");
    }

    [Fact]
    public async Task Look_SmallerBesideALargerThatIsNotSigned_IsRolledBack()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(400);
        var text = grown.CheckpointAt(400).ToNoteText();
        var note = SignedNote.Create(text, grown.Enclave.Cosign(text, TestLog.Time)).ToString();
        _m.Gateway.Serve(_older).Now!.Replace("checkpoint?latest", Bytes(note));

        (await _m.LookAsync()).Should().Contain([LogSignatureWrong, RolledBack]);
    }

    [Fact]
    public async Task Look_DefaultMissing_LooksAtTheNewest()
    {
        await _m.LookAsync();
        _m.Gateway.Serve(_older).Now!.Replace("checkpoint", null)
            .Replace("checkpoint?latest", Bytes(_older.NoteAt(150)));
        (await _m.LookAsync()).Should().Contain([NotChecked, RolledBack]);

        using var grown = _m.Log.Resized(400);
        _m.Gateway.Serve(grown).Now!.Replace("checkpoint", null)
            .Replace("checkpoint?latest", Bytes(grown.NoteAt(400)));
        (await _m.LookAsync()).Should().Equal(NotChecked, CheckpointVerified);
    }

    [Fact]
    public async Task Look_NothingServedAnyMore_IsRolledBack()
    {
        await _m.LookAsync();
        _m.Gateway.Now!.Replace("checkpoint", null);

        (await _m.LookAsync()).Should().Equal(NotChecked, RolledBack);
    }

    [Fact]
    public async Task Look_NoWitnessedCheckpointYet_IsARefusalAndTheNewestIsLookedAt()
    {
        var refused = ScriptedGateway.Problem(
            HttpStatusCode.NotFound, "checkpoint_unwitnessed", "No quorum has cosigned yet.");
        var newest = ScriptedGateway.Answer(HttpStatusCode.OK, _m.Log.NoteAt(300), "text/plain");
        var gateway = new ScriptedGateway(
            refused, newest, refused, () => new(HttpStatusCode.NotFound));
        await _m.LookAsync();
        var monitor = new LogMonitor(gateway.Connect(), MonitorFixture.Chain, _m.Log.Enclaves, new("unused"),
            _m.Options, _m.Monitor.State, TestLog.Clock);

        var told = (await monitor.LookAsync()).Events.Should().ContainSingle().Which;
        (told.Kind, told.Message).Should().Be((Unreachable,
            "The gateway refused (404 checkpoint_unwitnessed): No quorum has cosigned yet."));
        (await monitor.LookAsync()).Events.Select(it => it.Kind).Should().Equal(Unreachable, RolledBack);
    }

    [Fact]
    public async Task Look_DefaultMissingAndNewestRefused_IsNotCalledRolledBack()
    {
        await _m.LookAsync();
        _m.Gateway.Now!.Replace("checkpoint", null)
            .Refuse("checkpoint?latest", HttpStatusCode.ServiceUnavailable);

        (await _m.LookAsync()).Should().Equal(Unreachable, NotChecked);
    }

    [Fact]
    public async Task Look_NewestRefused_LooksAtTheDefault()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(400);
        _m.Gateway.Serve(grown).Now!.Refuse("checkpoint?latest", HttpStatusCode.ServiceUnavailable);
        (await _m.LookAsync()).Should().Equal(Unreachable, CheckpointVerified);

        _m.Gateway.Serve(_older).Now!.Refuse("checkpoint?latest", HttpStatusCode.ServiceUnavailable);
        (await _m.LookAsync()).Should().Contain([Unreachable, RolledBack]);
    }

    [Fact]
    public async Task Look_DefaultRefused_LooksAtTheNewest()
    {
        await _m.LookAsync();
        _m.Gateway.Serve(_older).Now!.Refuse("checkpoint", HttpStatusCode.ServiceUnavailable)
            .Replace("checkpoint?latest", Bytes(_older.NoteAt(150)));

        (await _m.LookAsync()).Should().Contain([Unreachable, RolledBack]);
    }

    [Fact]
    public async Task Look_NewestRefusedAndDefaultBehindItAsBefore_IsNotRolledBack()
    {
        _m.Gateway.Now!.Replace("checkpoint", Bytes(_m.Log.NoteAt(280)))
            .Replace("checkpoint?latest", Bytes(_m.Log.NoteAt(300)));
        await _m.LookAsync();
        _m.Gateway.Now.Refuse("checkpoint?latest", HttpStatusCode.ServiceUnavailable);

        (await _m.LookAsync()).Should().Equal(Unreachable);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>Stands for what nobody has thought of: something else than a refusal.</summary>
    private sealed class FaultyGateway(TestLog log) : DelegatingHandler(new StaticGateway(log))
    {
        public SequencerClient Connect() => new(
            new HttpClient(this, disposeHandler: false) { BaseAddress = new("http://gateway.test/") },
            new() { AttemptsMax = 1 });

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.AbsolutePath.EndsWith("/epochs", StringComparison.Ordinal)
                ? throw new NotSupportedException("no epochs here")
                : base.SendAsync(request, cancellationToken);
    }
}
