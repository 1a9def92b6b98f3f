using System.Diagnostics;
using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

public class ChainFeedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The reader comes back as soon as it is woken, so that the next publication often falls into the very
    /// moment in which the slots of the last one are counted down. Before that was in the right order, one in
    /// some thousand rounds went on to wait for ever.
    /// </summary>
    [Fact]
    public void WakeAll_WhileSlotsAreStillWoken_ReachesEverySlotAgain()
    {
        const int Rounds = 50_000;
        ChainId.TryParse("demo", out var chain).Should().BeTrue();
        var feed = new ChainFeed(chain, Finality.Enclave, null!);
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < Rounds && Stopwatch.GetElapsedTime(started) < Patience; round++)
        {
            var signal = feed.Signal(round / 64 % ChainFeed.Slots);
            feed.WakeAll();
            var waiting = Stopwatch.GetTimestamp();
            while (!signal.IsCompleted)
            {
                if (Stopwatch.GetElapsedTime(waiting) > Patience)
                    Assert.Fail($"Nobody woke the reader of round {round}.");
            }
        }
    }
}
