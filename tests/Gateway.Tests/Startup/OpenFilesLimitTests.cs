namespace Sequencer.Gateway.Tests;

/// <summary>A limit of the system that is reached before <c>server.connections_max</c>.</summary>
public sealed class OpenFilesLimitTests
{
    [Theory]
    [InlineData("4096", 4096L)]
    [InlineData("22499", 22_499L)]
    [InlineData("22500", null)]
    [InlineData("unlimited", null)]
    public void FindLow_OfTwentyThousandConnections_IsALimitThatLeavesTheRestTooFew(string soft, long? low) =>
        OpenFilesLimit.FindLow(
            [
                "Limit                     Soft Limit           Hard Limit           Units     ",
                "Max processes             63704                63704                processes ",
                $"Max open files            {soft,-20} 1048576              files     ",
            ],
            connectionsMax: 20_000).Should().Be(low);

    [Fact]
    public void FindLow_InTheSystemsOwnWords_FindsTheLimit()
    {
        var limits = File.ReadLines("/proc/self/limits").Select(line => line.Replace("unlimited", "1000000"));

        OpenFilesLimit.FindLow(limits, int.MaxValue).Should().BeGreaterThan(0);
    }

    [Fact]
    public void FindLow_WhereTheSystemSaysNothing_IsNone() =>
        OpenFilesLimit.FindLow([], 20_000).Should().BeNull();
}
