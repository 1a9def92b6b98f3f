using Sequencer.Core.Tests.Witnesses;
using Sequencer.Testing;

namespace Sequencer.Core.Tests.Pipeline;

public sealed class StopTests
{
    /// <summary>
    /// An engine over a ledger that is opened again after the stop was asked for is told of the stop too:
    /// else the gateway hangs until it is killed.
    /// </summary>
    [Fact]
    public async Task Stop_WhileTheLedgerIsBeingOpenedAgain_Ends()
    {
        var ledger = new GatedLedger();
        ledger.Open();
        var source = new SlowToReopen(ledger);
        await using var enclave = new EnclaveFixture();
        await using (var before = await CoreFixture.StartAsync(ledger, enclave))
            await before.SequenceAsync("here");
        await using var fixture = await CoreFixture.StartAsync(source, enclave);
        ledger.NextFailure = new LedgerException(LedgerError.Unavailable, "The disk does not answer.");
        var reading = () => fixture.Core.ReadEntryAsync(CoreFixture.Chain(), 0, CancellationToken.None).AsTask();
        await reading.Should().ThrowAsync<LedgerException>();
        await source.Reopening;
        (await reading.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.Unavailable);

        var stopping = fixture.Core.StopAsync(CancellationToken.None);
        source.LetOpen();

        await stopping;
        fixture.Core.Status.State.Should().Be(SequencerState.Stopped);
    }

    /// <summary>
    /// A stop waits for the witnesses, not for the enclave alone: else it cuts off who waits for them.
    /// </summary>
    [Fact]
    public async Task Stop_WaitsForTheWitnessesOfWhatWasAccepted()
    {
        await using var world = new WitnessFixture();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Witnesses.ToList().ForEach(witness => witness.Before = _ => gate.Task);
        var clock = new PollClock();
        await using var fixture = await CoreFixture.StartAsync(
            new MemoryLedgerSource(world.Ledger), world.Enclave, configure: null, world.Network(), clock);
        var waiting = SubmitWitnessedAsync(fixture);
        await Until.TrueAsync(() => fixture.Core.Status is { QueueEntries: 0, CheckpointAge: not null });

        var stopping = fixture.Core.StopAsync(CancellationToken.None);
        await Task.WhenAny(clock.Polled, fixture.Core.Completion);
        gate.SetResult();

        (await waiting).Should().BeOfType<SubmitOutcome.Sequenced>().Which.Range.IsWitnessed.Should().BeTrue();
        await stopping;
    }

    [Fact]
    public async Task Stop_ThatTakesTooLong_TellsWhoWaitsForWitnessesWhy()
    {
        await using var world = new WitnessFixture();
        world.Witnesses.ToList().ForEach(witness => world.Replace(ScriptedWitness.Hung(witness.Name)));
        await using var fixture = await world.StartAsync();
        var waiting = SubmitWitnessedAsync(fixture);
        await Until.TrueAsync(() => fixture.Core.Status is { QueueEntries: 0, CheckpointAge: not null });
        using var patience = new CancellationTokenSource();

        var stopping = fixture.Core.StopAsync(patience.Token);
        await patience.CancelAsync();

        await stopping;
        var refused = (await waiting).Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal;
        refused.Code.Should().Be(RefusalCode.WitnessTimeout);
        refused.FirstIndex.Should().Be(0);
        refused.Detail.Should().Contain("before this service stopped");
    }

    private static async Task<SubmitOutcome> SubmitWitnessedAsync(CoreFixture fixture) =>
        await fixture.Core.SubmitAsync(
            new Submission { Chain = CoreFixture.Chain(), Entries = [new byte[1]], Finality = Finality.Witnessed },
            CancellationToken.None);

    /// <summary>The system's clock, which tells when the stop has begun to wait.</summary>
    private sealed class PollClock : TimeProvider
    {
        private readonly TaskCompletionSource _polled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Polled => _polled.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == SequencerLifecycle.DrainPoll)
                _polled.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    /// <summary>Opens at once the first time, and then when it is let.</summary>
    private sealed class SlowToReopen(ILedger ledger) : ILedgerSource
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _let = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isOpened;

        public Task Reopening => _asked.Task;

        public void LetOpen() => _let.SetResult();

        public async ValueTask<ILedger> OpenAsync(CancellationToken cancellation)
        {
            if (!_isOpened)
            {
                _isOpened = true;
                return ledger;
            }

            // As RocksDB does, it goes on whatever the token says.
            _asked.TrySetResult();
            await _let.Task;
            return ledger;
        }
    }
}
