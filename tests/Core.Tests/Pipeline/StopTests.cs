namespace Sequencer.Core.Tests.Pipeline;

public sealed class StopTests
{
    /// <summary>Found by reading: the engine over a ledger that was opened again after the stop was asked for was never
    /// told of it, and the gateway hung until it was killed.</summary>
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

        var stopping = fixture.Core.StopAsync(CancellationToken.None);
        source.LetOpen();

        await stopping;
        fixture.Core.Status.State.Should().Be(SequencerState.Stopped);
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
