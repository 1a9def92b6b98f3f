namespace Sequencer.Core;

/// <summary>Lets callers of witnessed finality wait, once the enclave has signed, until a quorum of witnesses
/// covers them.</summary>
/// <param name="options">How long at most, and what chains have as their default.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">The engine ends: its witnesses are asked no more.</param>
internal sealed class WitnessFinality(SequencerOptions options, TimeProvider time, CancellationToken stopping)
{
    private readonly Room _room = new(new Load(options.QueueMaxEntries, options.QueueMaxBytes));

    /// <summary>Whether the outcome waits for witnesses.</summary>
    public static bool IsDemanded(Chain chain, Submission submission) =>
        chain.Witnessing is not null
        && (submission.Finality ?? chain.Limits.Finality) == Finality.Witnessed;

    /// <summary>What will wait for witnesses, or does.</summary>
    public Load Waiting => _room.Taken;

    /// <summary>Reserves room for a call that will wait; null when there is some. The queues do not count it any more
    /// once the enclave has signed, and witnesses may be away for long.</summary>
    public Refusal? Reserve(Load load) => _room.TryTake(load)
        ? null
        : Refusal.Soon(RefusalCode.QueueFull,
            $"Too many transactions wait for witnesses (at most {_room.Max.Entries} entries and "
            + $"{_room.Max.Bytes} bytes).");

    /// <summary>Gives the room back.</summary>
    public void Release(Load load) => _room.GiveBack(load);

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
