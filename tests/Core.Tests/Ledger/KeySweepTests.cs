using System.Threading.Channels;
using Sequencer.Core.Tests.Pipeline;

namespace Sequencer.Core.Tests.Ledger;

public sealed class KeySweepTests
{
    /// <summary>One damaged key must not end the engine of all chains, every minute.</summary>
    [Fact]
    public async Task ADamagedKey_EndsTheSweepAndNotTheEngine()
    {
        await using var enclave = new EnclaveFixture();
        var swept = Channel.CreateUnbounded<ulong>();
        var ledger = new GatedLedger
        {
            Forget = before =>
            {
                swept.Writer.TryWrite(before);
                throw new LedgerException(LedgerError.Corrupt, "A record is damaged.");
            },
        };
        ledger.Open();
        var clock = new MinuteClock();
        await using var core = await CoreFixture.StartAsync(ledger, enclave, time: clock);

        for (var i = 0; i < 3; i++)
        {
            (await clock.Minute).Invoke();
            await swept.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
        }

        (await core.SequenceAsync("goes on")).FirstIndex.Should().Be(0);
        core.Core.Status.State.Should().Be(SequencerState.Ready);
    }

    /// <summary>
    /// The system's clock, but for who waits a minute at a time: for them it passes when a test says so.
    /// </summary>
    private sealed class MinuteClock : TimeProvider
    {
        private readonly TaskCompletionSource<Action> _minute = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Lets a minute pass, once somebody waits for it.</summary>
        public Task<Action> Minute => _minute.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (period != TimeSpan.FromMinutes(1))
                return base.CreateTimer(callback, state, dueTime, period);
            _minute.TrySetResult(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
