using Sequencer.Client.Tests.Fixtures;
using Sequencer.Tlog;
using static Sequencer.Client.MonitorEventKind;

namespace Sequencer.Client.Tests.Monitoring;

/// <summary>A monitor of an honest log, and of one that is wrong without contradicting itself.</summary>
public sealed class LogMonitorTests : IDisposable
{
    private readonly MonitorFixture _m = new(300, 100);

    public void Dispose() => _m.Dispose();

    [Fact]
    public async Task Look_FirstTime_SaysThatItIsOnTrust()
    {
        var round = await _m.Monitor.LookAsync();

        var told = round.Events.Should().ContainSingle().Which;
        (told.Kind, told.Severity, told.Origin, told.Size)
            .Should().Be((FirstContact, MonitorSeverity.Info, TestLog.LogOrigin, 300UL));
        told.Message.Should().Contain("on trust").And.NotContain("key was taken");
    }

    [Fact]
    public async Task Look_FirstTimeWithoutPolicy_NamesTheKeyItTook()
    {
        _m.Options.Policy = null;
        _m.Restart(null);

        (await _m.Monitor.LookAsync()).Events.Single().Message
            .Should().Contain("key was taken from the gateway").And.Contain(_m.Log.Epochs.LogKey);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1_000)]
    public async Task Look_LogThatGrows_IsVerifiedFromAnySize(int size)
    {
        using var fixture = new MonitorFixture(0);
        using var first = fixture.Log.Resized(size);
        using var second = fixture.Log.Resized(size + 1);
        using var third = fixture.Log.Resized(size + 700);

        (await fixture.LookAsync(first)).Should().Equal(FirstContact);
        (await fixture.LookAsync(second)).Should().Equal(CheckpointVerified);
        fixture.Restart();
        (await fixture.LookAsync(third)).Should().Equal(CheckpointVerified);
        (await fixture.LookAsync()).Should().Equal(Unchanged);
        fixture.Monitor.State!.Checkpoint.Should().Be(third.CheckpointAt(third.Size));
    }

    [Fact]
    public async Task Look_LargeLog_ReadsWhatIsNewAndNoMore()
    {
        using var fixture = new MonitorFixture(0);
        using var large = fixture.Log.Resized(70_000);
        using var larger = fixture.Log.Resized(70_001);
        await fixture.LookAsync(large);
        await fixture.LookAsync(larger);

        // The checkpoint, the newest, and of each level the partial tile.
        fixture.Gateway.Now!.Asked.Should().Equal("log/demo/checkpoint", "log/demo/checkpoint?latest",
            "log/demo/tile/0/273.p/113", "log/demo/tile/1/001.p/17", "log/demo/tile/2/000.p/1");
        await fixture.LookAsync();
        fixture.Gateway.Now.Asked.Should().HaveCount(7, "an unchanged log is asked for its checkpoint alone");
    }

    [Fact]
    public async Task Look_NewEpoch_IsVerifiedWithItsHandover()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(400).TakenOver(350, seed: 77);

        (await _m.LookAsync(grown)).Should().Equal(CheckpointVerified);
    }

    [Fact]
    public async Task Look_HandoverOfAnotherRoot_IsWrong()
    {
        using var grown = _m.Log.Resized(400).TakenOver(350, seed: 77);
        grown.ReplaceEpoch(2, epoch => epoch with
        {
            Handover = grown.Enclave.Adopt(grown.CheckpointAt(350) with { Root = MerkleHash.Empty },
                grown.EnclaveOf(1).Cosigner, TestLog.Time + 9),
        });

        (await _m.LookAsync()).Should().Equal(FirstContact);
        (await _m.LookAsync(grown)).Should().Contain(HandoverWrong);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Look_HandoverAboveTheFirstCheckpoint_IsComparedOnceOneReachesIt(bool restarts)
    {
        using var fixture = new MonitorFixture(0);
        using var log = fixture.Log.Resized(105).TakenOver(100, seed: 77);
        log.ReplaceEpoch(1, epoch => epoch with
        {
            Handover = log.Enclave.Adopt(log.CheckpointAt(100) with { Root = MerkleHash.Empty },
                log.EnclaveOf(0).Cosigner, TestLog.Time + 9),
        });
        fixture.Gateway.Serve(log).Now!
            .Replace("checkpoint", Bytes(log.Sign(log.CheckpointAt(95), log.EnclaveOf(0), TestLog.Time)));

        (await fixture.LookAsync()).Should().Equal(FirstContact);
        if (restarts)
            fixture.Restart();
        fixture.Gateway.Now!.Replace("checkpoint?latest", Bytes(log.NoteAt(105)));
        (await fixture.LookAsync()).Should().Contain(HandoverWrong);
    }

    [Fact]
    public async Task Look_EpochAboveTheFirstCheckpoint_IsKnownOnceOneReachesIt()
    {
        using var fixture = new MonitorFixture(0);
        using var log = fixture.Log.Resized(105).TakenOver(100, seed: 77);
        var gateway = fixture.Gateway.Serve(log).Now!
            .Replace("checkpoint", Bytes(log.Sign(log.CheckpointAt(95), log.EnclaveOf(0), TestLog.Time)));
        await fixture.LookAsync();
        fixture.Monitor.State!.Epochs.Should().HaveCount(1);

        gateway.Replace("checkpoint?latest", Bytes(log.NoteAt(105)));
        (await fixture.LookAsync()).Should().Equal(CheckpointVerified);
        fixture.Monitor.State!.Epochs.Should().HaveCount(2);
    }

    [Fact]
    public async Task Look_EpochThatVanished_IsTold()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(400).TakenOver(350, seed: 77);
        grown.RemoveEpoch(1);

        (await _m.LookAsync(grown)).Should().Contain(EpochsChanged);
    }

    [Fact]
    public async Task Look_NotSignedByTheLogsKey_IsWrongAndNotTakenOver()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(400);
        var text = grown.CheckpointAt(400).ToNoteText();
        var note = SignedNote.Create(text, grown.Enclave.Cosign(text, TestLog.Time)).ToString();

        (await _m.LookAsync(grown, note)).Should().Equal(LogSignatureWrong);
        _m.Monitor.State!.Checkpoint.Size.Should().Be(300);
    }

    [Fact]
    public async Task Look_SignatureBroken_IsWrong()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(400);
        var note = grown.NoteAt(400).Replace("\n400\n", "\n399\n", StringComparison.Ordinal);

        (await _m.LookAsync(grown, note)).Should().Equal(LogSignatureWrong);
    }

    [Fact]
    public async Task Look_NotCosigned_IsWrongAndNotTakenOver()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(400);
        var note = grown.Sign(grown.CheckpointAt(400), enclave: null, TestLog.Time);

        (await _m.LookAsync(grown, note)).Should().Equal(CosignatureWrong);
        _m.Monitor.State!.Checkpoint.Size.Should().Be(300);
    }

    [Fact]
    public async Task Look_NoCheckpointAtAll_IsMalformed() =>
        (await _m.LookAsync(_m.Log, "nothing")).Should().Equal(CheckpointMalformed);

    [Fact]
    public async Task Look_QuorumDemanded_IsDemandedOfTheDefaultAndNotOfTheNewest()
    {
        var witness = new TestWitness("w0.example", 100);
        _m.Options.Policy = _m.Log.PolicyWith("all", witness);
        _m.Restart(null);
        using var grown = _m.Log.Resized(400);

        (await _m.LookAsync(_m.Log, _m.Log.NoteAt(300, witness))).Should().Equal(FirstContact);
        _m.Gateway.Serve(grown).Now!
            .Replace("checkpoint", Bytes(grown.NoteAt(350, witness)))
            .Replace("checkpoint?latest", Bytes(grown.NoteAt(400)));
        (await _m.LookAsync()).Should().Equal(CheckpointVerified, CheckpointVerified);
        (await _m.LookAsync()).Should().Equal(Unchanged);
        // The quorum then reaches further, but not yet the newest.
        _m.Gateway.Now!.Replace("checkpoint", Bytes(grown.NoteAt(380, witness)));
        (await _m.LookAsync()).Should().Equal(CheckpointVerified);
        _m.Gateway.Now.Replace("checkpoint", Bytes(grown.NoteAt(400)));
        (await _m.LookAsync()).Should().Equal(QuorumMissing);
    }

    [Theory]
    [InlineData("tile/0/001.p/144")]
    [InlineData("tile/1/000.p/1")]
    public async Task Look_TilesMissing_CannotBeCheckedAndNothingIsTakenOver(string path)
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(400);
        _m.Gateway.Serve(grown).Now!.Replace(path, null);

        (await _m.LookAsync()).Should().Equal(NotChecked);
        (await _m.LookAsync(grown)).Should().Equal(CheckpointVerified);
    }

    [Fact]
    public async Task Look_SmallerThanBeforeOfTheSameHistory_IsRolledBack()
    {
        await _m.LookAsync();
        using var older = _m.Log.Resized(290);

        (await _m.LookAsync(older)).Should().Contain(RolledBack).And.NotContain(ContradictionProven);
        _m.Monitor.State!.Checkpoint.Size.Should().Be(300, "what was seen once is not forgotten");
        _m.Restart();
        (await _m.LookAsync(older)).Should().Contain(RolledBack);
    }

    [Fact]
    public async Task Look_LaterEpochAtAnEarlierTime_IsBackwards()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(400).TakenOver(350, seed: 77);
        var note = grown.Sign(grown.CheckpointAt(400), grown.Enclave, TestLog.Time - 6);

        (await _m.LookAsync(grown, note)).Should().Contain(TimeBackwards);
    }

    [Fact]
    public async Task Look_FromTheFuture_IsTold()
    {
        var note = _m.Log.Sign(_m.Log.CheckpointAt(300), _m.Log.Enclave, TestLog.Time + 301);

        (await _m.LookAsync(_m.Log, note)).Should().Contain(TimeAhead);
    }

    [Fact]
    public async Task Look_OlderThanAllowed_IsStale()
    {
        _m.Options.StaleAfter = TimeSpan.FromSeconds(10);
        var note = _m.Log.Sign(_m.Log.CheckpointAt(300), _m.Log.Enclave, TestLog.Time - 11);

        (await _m.LookAsync(_m.Log, note)).Should().Equal(FirstContact, Stale);
        (await _m.LookAsync(_m.Log, _m.Log.NoteAt(300))).Should().Equal(CheckpointVerified);
    }

    [Fact]
    public async Task Look_GatewayThatFailsAndComesBack_IsFollowedOn()
    {
        await _m.LookAsync();
        _m.Gateway.Now = null;
        (await _m.LookAsync()).Should().Equal(Unreachable);
        using var grown = _m.Log.Resized(400);
        (await _m.LookAsync(grown)).Should().Equal(CheckpointVerified);
    }

    [Fact]
    public async Task Look_ChainThatIsUnknown_CannotBeChecked()
    {
        _m.Gateway.Now!.Replace("checkpoint", null);

        (await _m.LookAsync()).Should().Equal(NotChecked);
        _m.Monitor.State.Should().BeNull();
    }

    [Fact]
    public async Task Look_LogOfAnotherOrigin_RefusesTheState()
    {
        await _m.LookAsync();
        _m.Restart();
        var other = SignedNote.Create("elsewhere.example/log/demo\n0\n" + MerkleHash.Empty + "\n",
            _m.Log.SignLog("anything")).ToString();
        _m.Gateway.Now!.Replace("checkpoint", Bytes(other));

        await _m.Monitor.Invoking(monitor => monitor.LookAsync()).Should()
            .ThrowAsync<MonitorStateException>()
            .WithMessage("*sequencer.example/log/demo*elsewhere.example*");
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
