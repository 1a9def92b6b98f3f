using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sequencer.Protocol;

namespace Sequencer.Core.Tests;

public sealed class EnclaveLinkTests
{
    /// <summary>Each attempt writes a generation with a sync: without pauses that grow, an absent enclave would keep
    /// the disk and the log busy.</summary>
    [Fact]
    public async Task KeepConnected_WithoutAnEnclave_PausesLongerEachTime_AndTellsOnce()
    {
        const int Attempts = 9;
        using var stop = new CancellationTokenSource();
        var clock = new PassingClock(pauses =>
        {
            if (pauses == Attempts)
                stop.Cancel();
        });
        var ledger = new MemoryLedger();
        var log = new LogLines();
        var dependencies = CoreFixture.Dependencies(new MemoryLedgerSource(ledger), new NoEnclave());
        await using var link = new EnclaveLink(
            ledger, CoreFixture.Options(), dependencies with { Time = clock, Logger = log });

        await link.Awaiting(link => link.KeepConnectedAsync(stop.Token)).Should()
            .ThrowAsync<OperationCanceledException>();

        clock.Pauses.Select(pause => pause.TotalMilliseconds).Should()
            .Equal(50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000);
        ledger.Generation.Should().Be(Attempts);
        log.Of(LogLevel.Warning).Should().ContainSingle().Which.Should().Contain("Nobody answers.");
        (await link.Reached).Should().BeFalse();
    }

    private sealed class NoEnclave : IEnclaveTransport
    {
        public ValueTask<Stream> ConnectAsync(CancellationToken cancellation) =>
            throw new IOException("Nobody answers.");
    }

    /// <summary>A clock on which every pause is over as it begins.</summary>
    private sealed class PassingClock(Action<int> began) : TimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> _pauses = [];

        public IEnumerable<TimeSpan> Pauses => _pauses;

        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _pauses.Enqueue(dueTime);
            began(_pauses.Count);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
