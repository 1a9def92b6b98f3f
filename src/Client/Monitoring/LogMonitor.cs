using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Follows one log: checks every new checkpoint that it serves against the last one seen, and writes evidence
/// when the log contradicts itself. What it reads is proportional to the news. Not safe for concurrent use.
/// </summary>
public sealed class LogMonitor
{
    private readonly LogReader _log;
    private readonly ChainId _chain;
    private readonly MonitorOptions _options;
    private readonly TimeProvider _time;
    private readonly CheckpointFollower _follower;
    private readonly ulong? _sizeAtStart;
    private bool _allAreRehashed;
    private bool _isOfThisLog;

    /// <param name="client">Reaches the gateway; its token, if any, must be for the chain.</param>
    /// <param name="chain">The chain to follow.</param>
    /// <param name="enclaves">The images and the root that are accepted.</param>
    /// <param name="evidence">Where evidence is written.</param>
    /// <param name="options">What else the monitor goes by.</param>
    /// <param name="state">What it knew when it last ran; null begins anew, on trust.</param>
    /// <param name="time">The clock that ages are measured by; the system's when null.</param>
    public LogMonitor(
        SequencerClient client, ChainId chain, EnclaveVerifier enclaves, EvidenceFolder evidence,
        MonitorOptions options, MonitorState? state, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        _log = client.ReadLog(chain);
        _chain = chain;
        _options = options;
        _time = time ?? TimeProvider.System;
        _sizeAtStart = state?.Checkpoint.Size;
        _follower = new(_log, chain, new(client, chain, enclaves), enclaves,
            new(evidence, options.Policy, enclaves, _time), options.Policy, _time, state);
    }

    /// <summary>What is known now; null while no checkpoint has held.</summary>
    public MonitorState? State => _follower.State;

    /// <summary>Looks at the log once. Save <see cref="State"/> afterwards.</summary>
    /// <exception cref="MonitorStateException">
    /// When the state was of another log from the beginning.
    /// </exception>
    public async Task<MonitorRound> LookAsync(CancellationToken cancellation = default)
    {
        var events = new RoundEvents(_time) { Origin = State?.Origin };
        var heldSize = State?.Checkpoint.Size ?? 0;
        try
        {
            var served = await FetchAsync(events, cancellation).ConfigureAwait(false);
            foreach (var checkpoint in served.Where(IsNews))
                await _follower.TakeAsync(checkpoint, events, cancellation).ConfigureAwait(false);
            CheckShrunk(served, heldSize, events);
            await RehashAsync(events, cancellation).ConfigureAwait(false);
        }
        catch (SequencerClientException failure)
        {
            events.Add(failure.Error == SequencerClientError.BadAnswer
                ? MonitorEventKind.NotChecked
                : MonitorEventKind.Unreachable, failure.Message);
        }

        CheckAge(events);
        if (events.Count == 0)
            events.Add(MonitorEventKind.Unchanged, "Nothing new.", State?.Checkpoint);
        return events.ToRound();
    }

    /// <summary>The default checkpoint and the newest one, the smaller first, each once.</summary>
    private async Task<IReadOnlyList<ServedCheckpoint>> FetchAsync(
        RoundEvents events, CancellationToken cancellation)
    {
        if (await _log.FindCheckpointAsync(cancellation).ConfigureAwait(false) is not { } note)
        {
            events.Add(MonitorEventKind.NotChecked, $"The gateway has no checkpoint of the chain {_chain}.");
            return [];
        }

        var newest = await _log.FindLatestCheckpointAsync(cancellation).ConfigureAwait(false);
        var served = new List<ServedCheckpoint>();
        foreach (var (text, isDefault) in new[] { (note, true), (newest, false) })
        {
            if (text is not null && (isDefault || text != note) && TryParse(text, events) is { } signed)
                served.Add(new(text, signed, isDefault));
        }

        CheckOrigin(served);
        return [.. served.OrderBy(checkpoint => checkpoint.Signed.Checkpoint.Size)];
    }

    private static SignedCheckpoint? TryParse(string note, RoundEvents events)
    {
        try
        {
            return SignedCheckpoint.Parse(note);
        }
        catch (TlogException malformed)
        {
            events.Add(MonitorEventKind.CheckpointMalformed, malformed.Message);
            return null;
        }
    }

    /// <summary>
    /// A state that never fitted is a mistake of whoever started the monitor; one that fitted, the log's.
    /// </summary>
    private void CheckOrigin(List<ServedCheckpoint> served)
    {
        var other = served.Find(checkpoint => checkpoint.Signed.Checkpoint.Origin != State?.Origin);
        if (State is not null && other is not null && !_isOfThisLog)
        {
            throw new MonitorStateException(
                $"The state is of the log {State.Origin}; the gateway serves "
                    + $"{other.Signed.Checkpoint.Origin}. Check the address, or give that log a state "
                    + "file of its own.");
        }

        _isOfThisLog |= served.Count > 0;
    }

    private bool IsNews(ServedCheckpoint served) => State is null
        || served.Note != (served.IsDefault ? State.DefaultNote : State.Note);

    private static void CheckShrunk(
        IReadOnlyList<ServedCheckpoint> served, ulong heldSize, RoundEvents events)
    {
        if (served.Count == 0 || served[^1].Signed.Checkpoint is var newest && newest.Size >= heldSize
            || events.HasAny(MonitorEventKind.ContradictionProven, MonitorEventKind.ContradictionPersists))
        {
            return;
        }

        events.Add(MonitorEventKind.RolledBack,
            $"The log serves size {newest.Size} at most; it had signed size {heldSize}. Entries were taken "
                + "back, or an old answer is served again.", newest);
    }

    private void CheckAge(RoundEvents events)
    {
        if (_options.StaleAfter is not { } limit || _follower.HeldTime is not { } cosigned)
            return;
        var age = _time.GetUtcNow().ToUnixTimeSeconds() - (long)cosigned;
        if (age > limit.TotalSeconds)
        {
            events.Add(MonitorEventKind.Stale,
                $"The newest checkpoint is {age} s old; {limit.TotalSeconds} s are allowed.",
                State!.Checkpoint);
        }
    }

    private async Task RehashAsync(RoundEvents events, CancellationToken cancellation)
    {
        if (_options.Rehash == RehashMode.None || State is not { } state)
            return;
        var checkpoint = state.Checkpoint;
        var isAll = _options.Rehash == RehashMode.All && !_allAreRehashed;
        var from = isAll ? 0 : state.RehashedSize ?? _sizeAtStart ?? checkpoint.Size;
        if (from < checkpoint.Size && !await IsRehashedAsync(from, checkpoint, events, cancellation)
            .ConfigureAwait(false))
        {
            return;
        }

        _allAreRehashed |= isAll;
        _follower.Rehashed(checkpoint.Size);
    }

    private async Task<bool> IsRehashedAsync(
        ulong from, Checkpoint checkpoint, RoundEvents events, CancellationToken cancellation)
    {
        try
        {
            var tiles = new TileNodes(_log, checkpoint.Size);
            var findings = await new EntryRehash(_log, checkpoint, tiles, _options.TilesAtOnceMax)
                .RunAsync(from, cancellation).ConfigureAwait(false);
            events.AddFindings(findings, checkpoint);
            if (findings.Count > 0)
                return false;
        }
        catch (TilesUnreadableException unreadable)
        {
            events.Add(MonitorEventKind.NotChecked, unreadable.Message, checkpoint);
            return false;
        }

        events.Add(MonitorEventKind.EntriesVerified,
            $"The entries {from} to {checkpoint.Size - 1} hash to the checkpoint's root.", checkpoint);
        return true;
    }
}
