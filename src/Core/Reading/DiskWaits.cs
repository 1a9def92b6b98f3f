namespace Sequencer.Core;

/// <summary>
/// Finds out whether reads wait for the disk, and then asks for more threads. A read holds its thread as long
/// as it waits, and a pool has a thread for each processor: a disk that could answer many reads at once would
/// be asked for two, and whatever else needs a thread would wait behind them. While memory answers, more
/// threads than processors only get in each other's way. Safe for concurrent use.
/// </summary>
/// <param name="time">Measures the reads.</param>
/// <param name="setExtraThreads">Told how many threads there shall be beyond the usual: <see
/// cref="ThreadsMax"/> or 0; null for nobody.</param>
internal sealed class DiskWaits(TimeProvider time, Action<int>? setExtraThreads) : IDisposable
{
    /// <summary>How many reads may wait at once, beyond a thread for each processor.</summary>
    public const int ThreadsMax = 32;

    /// <summary>After so many reads it is decided anew.</summary>
    public const int Window = 256;

    // From one read in eight that waits on, and until it is fewer than one in sixteen.
    private const int ManyWaits = Window / 8;
    private const int FewWaits = Window / 16;

    /// <summary>What it takes at most to read an entry from memory: 0.01 ms, and a disk's answer takes 0.1.</summary>
    public static readonly TimeSpan EntryFromMemory = TimeSpan.FromMilliseconds(0.1);

    /// <summary>
    /// The same for a bundle of entries: 0.06 ms, or 0.09 by large reads, which a disk answers in 0.2.
    /// </summary>
    public static readonly TimeSpan BundleFromMemory = TimeSpan.FromMilliseconds(0.2);

    private readonly Lock _deciding = new();
    private uint _reads;
    private int _waits;
    private volatile bool _areMany;

    /// <summary>Whether so many reads wait for the disk that there may be more threads, and large reads pay.
    /// </summary>
    public bool AreMany => _areMany;

    /// <summary>The time at which a read begins.</summary>
    public long Begin() => time.GetTimestamp();

    /// <summary>A read has ended.</summary>
    /// <param name="began">What <see cref="Begin"/> gave.</param>
    /// <param name="fromMemory">What it takes at most if it does not wait.</param>
    public void End(long began, TimeSpan fromMemory)
    {
        if (time.GetElapsedTime(began) >= fromMemory)
            Interlocked.Increment(ref _waits);
        if (Interlocked.Increment(ref _reads) % Window == 0)
            Decide(Interlocked.Exchange(ref _waits, 0));
    }

    /// <summary>Gives the threads back.</summary>
    public void Dispose() => Decide(waits: 0);

    /// <summary>One at a time, so that the threads are what was decided last.</summary>
    private void Decide(int waits)
    {
        lock (_deciding)
        {
            var areMany = waits >= (_areMany ? FewWaits : ManyWaits);
            if (areMany == _areMany)
                return;
            _areMany = areMany;
            setExtraThreads?.Invoke(areMany ? ThreadsMax : 0);
        }
    }
}
