namespace Sequencer.Core;

/// <summary>
/// Lets more threads of the pool be at work while reads wait for the disk. A read holds its thread as long as it
/// waits, and a pool has a thread for each processor: a disk that could answer many reads at once would be asked for
/// two, and whatever else needs a thread would wait behind them. While memory answers, more threads than processors
/// only get in each other's way. Safe for concurrent use.
/// </summary>
/// <param name="time">Measures the reads.</param>
/// <param name="setMore">Told how many threads there shall be beyond the usual: <see cref="ThreadsMax"/> or 0.</param>
internal sealed class ReaderThreads(TimeProvider time, Action<int> setMore) : IDisposable
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
    private volatile bool _more;

    /// <summary>For the pool of this process.</summary>
    public static ReaderThreads OfThisProcess(TimeProvider time)
    {
        ThreadPool.GetMinThreads(out var usual, out var ports);
        ThreadPool.GetMaxThreads(out var most, out var portsMost);
        return new ReaderThreads(time, more =>
        {
            ThreadPool.SetMinThreads(usual + more, ports);
            if (more > 0)
                return;
            // The pool keeps as many as it has come to, unless it must not.
            ThreadPool.SetMaxThreads(usual, portsMost);
            ThreadPool.SetMaxThreads(most, portsMost);
        });
    }

    /// <summary>Whether there may be more threads than usual, because reads wait for the disk.</summary>
    public bool AreMany => _more;

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

    public void Dispose() => Allow(_ => false);

    private void Decide(int waits) => Allow(more => more ? waits >= FewWaits : waits >= ManyWaits);

    /// <summary>One at a time, so that the pool is told last what was decided last.</summary>
    private void Allow(Func<bool, bool> decide)
    {
        lock (_deciding)
        {
            var more = decide(_more);
            if (more == _more)
                return;
            _more = more;
            setMore(more ? ThreadsMax : 0);
        }
    }
}
