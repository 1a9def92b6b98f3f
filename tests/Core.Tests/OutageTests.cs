using Sequencer.Testing;

namespace Sequencer.Core.Tests;

public sealed class OutageTests
{
    [Fact]
    public void IsNews_TheFirst_AnotherReason_AndEveryTenMinutes()
    {
        var clock = new ManualClock();
        var outage = new Outage(clock);
        var told = new List<long>();

        for (var attempt = 0; attempt <= 3 * 300; attempt++, clock.Advance(TimeSpan.FromSeconds(2)))
        {
            if (outage.IsNews(outage.Seconds < 900 ? "refused" : "missing"))
                told.Add(outage.Seconds);
        }

        told.Should().Equal(0, 600, 900, 1_500);
    }
}
