using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Pipeline;

public sealed class LingerTests
{
    private static readonly TimeSpan Linger = TimeSpan.FromHours(1);

    /// <summary>A log key that costs money for each signature is asked once for all that comes within the linger.
    /// </summary>
    [Fact]
    public async Task Submit_WithinTheLinger_SharesOneCheckpoint()
    {
        await using var enclave = new EnclaveFixture();
        var clock = new LingerClock();
        await using var core = await CoreFixture.StartAsync(
            new MemoryLedgerSource(new MemoryLedger()), enclave,
            options => options.LingerMs = (int)Linger.TotalMilliseconds, time: clock);
        var first = core.SequenceAsync("first");
        await Until.TrueAsync(() => clock.Lingers == 1);
        var second = core.SequenceAsync("second");

        first.IsCompleted.Should().BeFalse();
        clock.Pass();

        var ranges = await Task.WhenAll(first, second);
        ranges.Select(range => range.FirstIndex).Should().Equal(0, 1);
        foreach (var range in ranges)
            SignedNote.Parse(range.Checkpoint.Span).Text.Should().Contain("\n2\n");
        clock.Lingers.Should().Be(1);
    }

    /// <summary>The system's clock, but for who lingers: for them time passes when a test says so.</summary>
    private sealed class LingerClock : TimeProvider
    {
        private int _lingers;
        private volatile Action? _pass;

        public int Lingers => Volatile.Read(ref _lingers);

        public void Pass() => _pass!();

        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Linger)
                return base.CreateTimer(callback, state, dueTime, period);
            _pass = () => callback(state);
            Interlocked.Increment(ref _lingers);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
