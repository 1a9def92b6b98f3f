using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// What the log serves as its checkpoints at one look. Each of the two is asked for by itself: a gateway cannot
/// hide the one by refusing the other.
/// </summary>
/// <param name="Checkpoints">Those that are in form, each once, the smaller first; not verified.</param>
/// <param name="IsNewestKnown">Whether the newest was answered for, if only by saying that there is none.</param>
/// <param name="IsNone">Whether the gateway says that there is no checkpoint at all.</param>
internal sealed record CheckpointFetch(
    IReadOnlyList<ServedCheckpoint> Checkpoints, bool IsNewestKnown, bool IsNone)
{
    public static async Task<CheckpointFetch> ReadAsync(
        LogReader log, ChainId chain, RoundEvents events, CancellationToken cancellation)
    {
        var (note, failure) = await TryAsync(log.FindCheckpointAsync(cancellation), events)
            .ConfigureAwait(false);
        // Where nobody answers there is nothing to gain from asking again.
        if (failure is { Error: SequencerClientError.Unreachable })
            return new([], IsNewestKnown: false, IsNone: false);
        var (newest, newestFailure) = await TryAsync(log.FindLatestCheckpointAsync(cancellation), events)
            .ConfigureAwait(false);
        var isAbsent = note is null && failure is null;
        if (isAbsent)
        {
            events.Add(MonitorEventKind.NotChecked, newest is null
                ? $"The gateway has no checkpoint of the chain {chain}."
                : $"The gateway has no checkpoint of the chain {chain} but the newest, which no quorum of "
                    + "witnesses need have cosigned.");
        }

        var served = new List<ServedCheckpoint>();
        foreach (var (text, isDefault) in new[] { (note, true), (newest, false) })
        {
            if (text is not null && (isDefault || text != note) && TryParse(text, events) is { } signed)
                served.Add(new(text, signed, isDefault));
        }

        return new([.. served.OrderBy(checkpoint => checkpoint.Parsed.Checkpoint.Size)],
            newestFailure is null, note is null && failure is null or { Status: 404 }
                && newest is null && newestFailure is null);
    }

    private static async Task<(string? Note, SequencerClientException? Failure)> TryAsync(
        Task<string?> reading, RoundEvents events)
    {
        try
        {
            return (await reading.ConfigureAwait(false), null);
        }
        catch (SequencerClientException failure)
        {
            events.AddFailure(failure);
            return (null, failure);
        }
    }

    private static ParsedCheckpoint? TryParse(string note, RoundEvents events)
    {
        try
        {
            return ParsedCheckpoint.Parse(note);
        }
        catch (TlogException malformed)
        {
            events.Add(MonitorEventKind.CheckpointMalformed, malformed.Message);
            return null;
        }
    }
}
