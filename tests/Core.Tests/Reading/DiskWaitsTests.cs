using Sequencer.Testing;

namespace Sequencer.Core.Tests.Reading;

public sealed class DiskWaitsTests : IDisposable
{
    private static readonly TimeSpan FromMemory = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan FromDisk = TimeSpan.FromMicroseconds(150);

    private readonly ManualClock _clock = new();
    private readonly List<int> _told = [];
    private readonly DiskWaits _waits;

    public DiskWaitsTests() => _waits = new DiskWaits(_clock, _told.Add);

    public void Dispose() => _waits.Dispose();

    [Fact]
    public void End_ReadsThatMemoryAnswers_LeavesThePoolAlone()
    {
        Read(10 * DiskWaits.Window, waiting: 0);

        _told.Should().BeEmpty();
    }

    [Fact]
    public void End_AQuarterWaits_AsksForMoreThreadsOnce()
    {
        Read(10 * DiskWaits.Window, waiting: 4);

        _told.Should().Equal(DiskWaits.ThreadsMax);
        _waits.AreMany.Should().BeTrue();
    }

    [Fact]
    public void End_FewStillWait_KeepsThem()
    {
        Read(DiskWaits.Window, waiting: 4);
        Read(10 * DiskWaits.Window, waiting: 16);

        _told.Should().Equal(DiskWaits.ThreadsMax);
    }

    [Fact]
    public void End_NoneWaitsAnyMore_GivesThemBack()
    {
        Read(DiskWaits.Window, waiting: 4);
        Read(2 * DiskWaits.Window, waiting: 0);

        _told.Should().Equal(DiskWaits.ThreadsMax, 0);
        _waits.AreMany.Should().BeFalse();
    }

    [Fact]
    public void Dispose_WhileThereAreMore_GivesThemBack()
    {
        Read(DiskWaits.Window, waiting: 4);

        _waits.Dispose();

        _told.Should().Equal(DiskWaits.ThreadsMax, 0);
    }

    /// <summary>So many reads, every <paramref name="waiting"/>-th of which waits for the disk; none for 0.</summary>
    private void Read(int count, int waiting)
    {
        for (var i = 1; i <= count; i++)
        {
            var began = _waits.Begin();
            _clock.Advance(waiting > 0 && i % waiting == 0 ? FromDisk : FromMemory);
            _waits.End(began, DiskWaits.EntryFromMemory);
        }
    }
}
