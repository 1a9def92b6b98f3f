using Sequencer.Core.Tests.Pipeline;
using Sequencer.Core.Tests.Witnesses;
using Sequencer.Testing;

namespace Sequencer.Core.Tests;

public sealed class CoreMetricsTests
{
    private const string Entries = "sequencer.entries";
    private const string Duration = "sequencer.publish.duration";

    /// <summary>Only what was receipted counts.</summary>
    [Fact]
    public async Task Entries_OfAChainThatStopped_AreNotCounted()
    {
        using var meters = new MeterProbe();
        using var metrics = new CoreMetrics(meters);
        await using var enclave = new EnclaveFixture();
        var ledger = new GatedLedger();
        ledger.Open();
        await using (var core = await CoreFixture.StartAsync(ledger, enclave, metrics: metrics))
        {
            await core.SequenceAsync("receipted");
            ledger.Close();
            var pending = core.SubmitAsync("not receipted");
            await Until.TrueAsync(() => ledger.EntryWrites == 2);
            ledger.Damaged = new ChainNumber(1);
            var read = () => core.Core.ReadEntryAsync(CoreFixture.Chain(), 0, CancellationToken.None).AsTask();
            await read.Should().ThrowAsync<LedgerException>();
            ledger.Open();
            (await pending).Should().BeOfType<SubmitOutcome.Refused>()
                .Which.Refusal.Code.Should().Be(RefusalCode.OutcomeUnknown);
        }

        meters.Of(Entries).Should().Equal(1);
    }

    /// <summary>
    /// They count when they have their receipts, and with the time until then; not when they are given to the
    /// lane.
    /// </summary>
    [Fact]
    public async Task Entries_OfASealedChain_AreCountedWithTheirReceipts()
    {
        using var meters = new MeterProbe();
        using var metrics = new CoreMetrics(meters);
        var clock = new ClockAhead();
        await using var world = new WitnessFixture(["*"]);
        await using var core = await CoreFixture.StartAsync(
            new MemoryLedgerSource(world.Ledger), world.Enclave,
            options => (options.OutcomeTimeoutSeconds, options.WitnessPatienceSeconds) = (120, 50), world.Network(),
            clock, metrics);
        await core.SequenceAsync("opens the chain");
        await Until.TrueAsync(() => meters.Of(Entries).Count == 1);
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var witness in world.Witnesses)
        {
            witness.Before = _ =>
            {
                asked.TrySetResult();
                return mayAnswer.Task;
            };
        }

        var pending = core.SubmitAsync("waits for its quorum");
        await asked.Task;
        var counted = meters.Of(Entries);
        clock.Ahead = TimeSpan.FromSeconds(5);
        mayAnswer.SetResult();

        (await pending).Should().BeOfType<SubmitOutcome.Sequenced>();
        await Until.TrueAsync(() => meters.Of(Entries).Count == 2);
        counted.Should().Equal(1);
        meters.Of("sequencer.enclave.duration").Should().HaveCount(2);
        meters.Of(Duration).Should().HaveCount(2).And.Contain(seconds => seconds >= 5);
    }

    /// <summary>The system's clock, but for a counter that a test sets forward.</summary>
    private sealed class ClockAhead : TimeProvider
    {
        private long _ticks;

        public TimeSpan Ahead
        {
            set => Interlocked.Exchange(ref _ticks, value.Ticks);
        }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => System.GetUtcNow().UtcTicks + Interlocked.Read(ref _ticks);
    }
}
