namespace Sequencer.Core.Tests.Pipeline;

public sealed class RoomTests
{
    private readonly Room _room = new(new Load(10, 100));

    [Theory]
    [InlineData(10, 100, true)]
    [InlineData(11, 0, false)]
    [InlineData(0, 101, false)]
    public void TryTake_TakesWhatFitsInBoth(int entries, long bytes, bool isTaken)
    {
        _room.TryTake(new Load(entries, bytes)).Should().Be(isTaken);

        _room.Taken.Should().Be(isTaken ? new Load(entries, bytes) : default);
    }

    /// <summary>What is refused for one of the two takes nothing of the other.</summary>
    [Fact]
    public void TryTake_AfterRefusalsAndReturns_StillHasAllTheRoom()
    {
        _room.TryTake(new Load(4, 40)).Should().BeTrue();
        _room.TryTake(new Load(7, 1)).Should().BeFalse();
        _room.TryTake(new Load(1, 61)).Should().BeFalse();
        _room.GiveBack(new Load(4, 40));

        _room.TryTake(_room.Max).Should().BeTrue();
    }
}
