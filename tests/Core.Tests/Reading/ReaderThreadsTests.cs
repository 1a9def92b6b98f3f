using Sequencer.Testing;

namespace Sequencer.Core.Tests.Reading;

public sealed class ReaderThreadsTests : IDisposable
{
    private static readonly TimeSpan FromMemory = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan FromDisk = TimeSpan.FromMicroseconds(150);

    private readonly ManualClock _clock = new();
    private readonly List<int> _told = [];
    private readonly ReaderThreads _threads;

    public ReaderThreadsTests() => _threads = new ReaderThreads(_clock, _told.Add);

    public void Dispose() => _threads.Dispose();

    [Fact]
    public void End_ReadsThatMemoryAnswers_LeavesThePoolAlone()
    {
        Read(10 * ReaderThreads.Window, waiting: 0);

        _told.Should().BeEmpty();
    }

    [Fact]
    public void End_AQuarterWaits_AsksForMoreThreadsOnce()
    {
        Read(10 * ReaderThreads.Window, waiting: 4);

        _told.Should().Equal(ReaderThreads.ThreadsMax);
        _threads.AreMany.Should().BeTrue();
    }

    [Fact]
    public void End_FewStillWait_KeepsThem()
    {
        Read(ReaderThreads.Window, waiting: 4);
        Read(10 * ReaderThreads.Window, waiting: 16);

        _told.Should().Equal(ReaderThreads.ThreadsMax);
    }

    [Fact]
    public void End_NoneWaitsAnyMore_GivesThemBack()
    {
        Read(ReaderThreads.Window, waiting: 4);
        Read(2 * ReaderThreads.Window, waiting: 0);

        _told.Should().Equal(ReaderThreads.ThreadsMax, 0);
        _threads.AreMany.Should().BeFalse();
    }

    [Fact]
    public void Dispose_WhileThereAreMore_GivesThemBack()
    {
        Read(ReaderThreads.Window, waiting: 4);

        _threads.Dispose();

        _told.Should().Equal(ReaderThreads.ThreadsMax, 0);
    }

    /// <summary>So many reads, every <paramref name="waiting"/>-th of which waits for the disk; none for 0.</summary>
    private void Read(int count, int waiting)
    {
        for (var i = 1; i <= count; i++)
        {
            var began = _threads.Begin();
            _clock.Advance(waiting > 0 && i % waiting == 0 ? FromDisk : FromMemory);
            _threads.End(began, ReaderThreads.EntryFromMemory);
        }
    }
}
