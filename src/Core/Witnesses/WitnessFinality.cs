namespace Sequencer.Core;

/// <summary>Lets callers of witnessed finality wait, once the enclave has signed, until a quorum of witnesses
/// covers them.</summary>
/// <param name="options">How long at most, and what chains have as their default.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">The engine ends: its witnesses are asked no more.</param>
internal sealed class WitnessFinality(SequencerOptions options, TimeProvider time, CancellationToken stopping)
{
    private int _entries;
    private long _bytes;

    /// <summary>Whether the outcome waits for witnesses.</summary>
    public static bool IsDemanded(Chain chain, Submission submission) =>
        chain.Witnessing is not null
        && (submission.Finality ?? chain.Limits.Finality) == Finality.Witnessed;

    /// <summary>Entries of calls that will wait, or do.</summary>
    public int Entries => Volatile.Read(ref _entries);

    /// <summary>Reserves room for a call that will wait; null when there is some. The queues do not count it any more
    /// once the enclave has signed, and witnesses may be away for long.</summary>
    public Refusal? Reserve(int entries, long bytes)
    {
        if (Interlocked.Add(ref _entries, entries) <= options.QueueMaxEntries
            & Interlocked.Add(ref _bytes, bytes) <= options.QueueMaxBytes)
        {
            return null;
        }

        Release(entries, bytes);
        return new Refusal(RefusalCode.QueueFull,
            $"Too many transactions wait for witnesses (at most {options.QueueMaxEntries} entries and "
            + $"{options.QueueMaxBytes} bytes).")
        { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>Gives the room back.</summary>
    public void Release(int entries, long bytes)
    {
        Interlocked.Add(ref _entries, -entries);
        Interlocked.Add(ref _bytes, -bytes);
    }

    /// <summary>The outcome with a witnessed checkpoint; a refusal that names the index when time passes.</summary>
    public async ValueTask<SubmitOutcome> WaitAsync(
        ChainWitnessing witnessing, ValueTask<SubmitOutcome> answer, CancellationToken cancellation)
    {
        var given = await answer;
        if (given is not SubmitOutcome.Sequenced({ IsWitnessed: false } range))
            return given;
        var patience = TimeSpan.FromSeconds(options.OutcomeTimeoutSeconds);
        var size = range.FirstIndex + (ulong)range.Count;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping);
        if (await witnessing.WhenWitnessedAsync(size, patience, time, ended.Token) is { } checkpoint)
            return new SubmitOutcome.Sequenced(range.Witnessed(checkpoint));
        cancellation.ThrowIfCancellationRequested();
        var until = stopping.IsCancellationRequested
            ? "before this service stopped, or began to open its ledger anew"
            : $"within {options.OutcomeTimeoutSeconds} s";
        return new SubmitOutcome.Refused(new Refusal(
            RefusalCode.WitnessTimeout,
            $"The enclave has given the entries their places from index {range.FirstIndex}, but no quorum of witnesses "
            + $"has covered them {until}: read the entry later for a witnessed receipt.")
        { FirstIndex = range.FirstIndex });
    }
}
