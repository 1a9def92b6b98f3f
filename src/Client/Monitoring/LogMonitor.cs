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
        _follower = new(_log, new(client, chain, enclaves), new(enclaves, _time),
            new(evidence, options.Policy, enclaves, _time), options.Policy, state);
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
        var before = State;
        var fetched = await CheckpointFetch.ReadAsync(_log, _chain, events, cancellation)
            .ConfigureAwait(false);
        CheckOrigin(fetched.Checkpoints);
        // One that cannot be checked hides neither the other nor how small it is.
        foreach (var checkpoint in fetched.Checkpoints.Where(IsNews))
        {
            await TryAsync(_follower.TakeAsync(checkpoint, events, cancellation), events)
                .ConfigureAwait(false);
        }

        if (before is not null)
            CheckShrunk(fetched, before, events);
        await TryAsync(RehashAsync(events, cancellation), events).ConfigureAwait(false);
        CheckAge(events);
        if (events.Count == 0)
            events.Add(MonitorEventKind.Unchanged, "Nothing new.", State?.Checkpoint);
        return events.ToRound();
    }

    /// <summary>
    /// Whatever goes wrong is told, and hides neither what was found before nor what is looked at afterwards.
    /// </summary>
    private static async Task TryAsync(Task reading, RoundEvents events)
    {
        try
        {
            await reading.ConfigureAwait(false);
        }
        catch (SequencerClientException failure)
        {
            events.AddFailure(failure);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            events.Add(MonitorEventKind.NotChecked,
                $"The check ended in a fault of this program ({fault.GetType().Name}): {fault.Message}");
        }
    }

    /// <summary>
    /// A state that never fitted is a mistake of whoever started the monitor; one that fitted, the log's.
    /// </summary>
    private void CheckOrigin(IReadOnlyList<ServedCheckpoint> served)
    {
        var other = served.FirstOrDefault(checkpoint => checkpoint.Parsed.Checkpoint.Origin != State?.Origin);
        if (State is not null && other is not null && !_isOfThisLog)
        {
            throw new MonitorStateException(
                $"The state is of the log {State.Origin}; the gateway serves "
                    + $"{other.Parsed.Checkpoint.Origin}. Check the address, or give that log a state "
                    + "file of its own.");
        }

        _isOfThisLog |= served.Count > 0;
    }

    private bool IsNews(ServedCheckpoint served) => State is null
        || served.Note != (served.IsDefault ? State.DefaultNote : State.Note);

    /// <summary>
    /// Whether all that is served, and signed, is less than what was signed before. The newest is compared
    /// with the newest; where it was not answered for, the default, which may be behind it, with the default.
    /// </summary>
    private void CheckShrunk(CheckpointFetch fetched, MonitorState before, RoundEvents events)
    {
        if (events.HasAny(MonitorEventKind.ContradictionProven, MonitorEventKind.ContradictionPersists))
            return;
        var heldSize = fetched.IsNewestKnown
            ? before.Checkpoint.Size
            : before.DefaultNote is { } note ? ParsedCheckpoint.Parse(note).Checkpoint.Size : 0;
        if (fetched.IsNone && heldSize > 0)
        {
            events.Add(MonitorEventKind.RolledBack,
                $"The gateway serves no checkpoint of the chain; the log had signed size {heldSize}. Its "
                    + "entries were taken back, or the address is no longer its gateway's.");
        }

        if (fetched.Checkpoints.LastOrDefault(served => IsSigned(served, before))?.Parsed.Checkpoint
                is { } newest && newest.Size < heldSize)
        {
            events.Add(MonitorEventKind.RolledBack,
                $"The log serves size {newest.Size} at most; it had signed size {heldSize}. Entries were "
                    + "taken back, or an old answer is served again.", newest);
        }
    }

    /// <summary>Whether it is this log's word at all; if not, that is told already.</summary>
    private bool IsSigned(ServedCheckpoint served, MonitorState held)
    {
        if (served.Parsed.Checkpoint.Origin != held.Origin)
            return false;
        var keys = _options.Policy?.KeysOf(held.Origin) ?? [held.LogKey];
        try
        {
            return served.Parsed.SignaturesBy(keys).Count > 0;
        }
        catch (TlogException)
        {
            return false;
        }
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
            var tiles = new TileCache(_log, checkpoint.Size);
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
