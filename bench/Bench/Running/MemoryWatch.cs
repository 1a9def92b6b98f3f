using System.Diagnostics;

namespace Sequencer.Bench.Running;

/// <summary>Looks at a process's resident memory several times a second.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<(TimeSpan Time, long Bytes)> _seen = [];
    private readonly Lock _lock = new();
    private readonly Task _watching;

    public MemoryWatch(int processId) => _watching = WatchAsync(processId);

    /// <summary>The most that was seen.</summary>
    public long MaxBytes => Seen.Select(sample => sample.Bytes).DefaultIfEmpty().Max();

    /// <summary>Every look, oldest first.</summary>
    public IReadOnlyList<(TimeSpan Time, long Bytes)> Seen
    {
        get
        {
            lock (_lock)
                return [.. _seen];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
    }

    private async Task WatchAsync(int processId)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                var bytes = ProcessTimes.ResidentBytes(processId);
                lock (_lock)
                    _seen.Add((Stopwatch.GetElapsedTime(started), bytes));
            }
        }
        catch (OperationCanceledException)
        {
            // The watch is over.
        }
    }
}
