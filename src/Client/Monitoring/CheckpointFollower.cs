using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Takes the checkpoints that a log serves one by one: checks each, compares it with the state, and carries
/// the state on. Owned by the monitor's one flow.
/// </summary>
/// <param name="log">Where the tiles come from.</param>
/// <param name="epochs">The log's epochs.</param>
/// <param name="times">Judges the times of cosignatures.</param>
/// <param name="reporter">Writes evidence.</param>
/// <param name="policy">The monitor's policy, if any.</param>
/// <param name="state">What is known so far; null at first contact.</param>
internal sealed class CheckpointFollower(
    LogReader log, EpochWatch epochs, CosignatureTimes times, ContradictionReporter reporter,
    TlogPolicy? policy, MonitorState? state)
{
    private const string Where = "checkpoint";

    public MonitorState? State { get; private set; } = state;

    /// <summary>The time of the state's checkpoint, by its enclave; null when it is not known.</summary>
    public ulong? HeldTime => State is null ? null : times.OfHeld(State)?.Time;

    public async Task TakeAsync(ServedCheckpoint served, RoundEvents events, CancellationToken cancellation)
    {
        var checkpoint = served.Parsed.Checkpoint;
        if (State is null && epochs.Served is null)
            await epochs.RefreshAsync(cancellation).ConfigureAwait(false);
        var findings = new AuditFindings();
        var audit = new CheckpointAudit(policy, Named(), findings);
        var logKey = audit.CheckLogSignature(AuditRule.LogSignature, Where, served.Parsed);
        if (logKey is null || !IsOfChain(checkpoint, logKey, findings))
        {
            events.AddFindings(findings, checkpoint);
            return;
        }

        // Who cosigned is not needed to prove that the log's key signed two histories.
        var areEpochsKnown = await TryReadEpochsAsync(served, events, cancellation).ConfigureAwait(false);
        var cosigner = areEpochsKnown
            ? audit.CheckCosignature(Where, served.Parsed, epochs.Audited)
            : null;
        if (served.IsDefault && policy is { HasWitnesses: true })
            audit.CheckWitnesses(Where, served.Parsed);
        events.AddFindings(findings, checkpoint);
        var look = new CheckpointLook(served, events)
        {
            LogKey = logKey,
            Cosigner = cosigner?.Enclave,
            IsGood = areEpochsKnown && findings.Count == 0,
        };
        try
        {
            await CompareAsync(look, cancellation).ConfigureAwait(false);
        }
        catch (TilesUnreadableException unreadable)
        {
            events.Add(MonitorEventKind.NotChecked, unreadable.Message, checkpoint);
        }
    }

    /// <summary>Notes that entries were hashed up to a size.</summary>
    public void Rehashed(ulong size) => State = State! with { RehashedSize = size };

    /// <summary>
    /// The log's name and key: of the state, or at first contact as the gateway gives them.
    /// </summary>
    private LogEpochs Named() => State is null
        ? epochs.Served!
        : new() { Origin = State.Origin, LogKey = State.LogKey.ToString(), Epochs = [] };

    /// <summary>
    /// Reads the epochs anew unless one that is known cosigned; false, with an event, where they are refused.
    /// </summary>
    private async Task<bool> TryReadEpochsAsync(
        ServedCheckpoint served, RoundEvents events, CancellationToken cancellation)
    {
        if (epochs.FindCosigner(served.Parsed) is not null)
            return true;
        try
        {
            await epochs.RefreshAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (SequencerClientException refused)
        {
            events.AddFailure(refused);
            return false;
        }
    }

    private bool IsOfChain(Checkpoint checkpoint, VerifierKey logKey, AuditFindings findings)
    {
        var origin = checkpoint.Origin;
        if (!origin.EndsWith($"/{epochs.Chain}", StringComparison.Ordinal))
        {
            findings.Add(AuditRule.LogSignature, Where,
                $"It is of {origin}, not of the chain {epochs.Chain}.");
        }

        if (logKey.Name != origin)
            findings.Add(AuditRule.LogSignature, Where, $"Its key is that of another log, {logKey.Name}.");
        return findings.Count == 0;
    }

    private async Task CompareAsync(CheckpointLook look, CancellationToken cancellation)
    {
        var checkpoint = look.Checkpoint;
        if (State?.Checkpoint is { } held && held.Size == checkpoint.Size && held.Root != checkpoint.Root)
        {
            Report(look, ContradictionKind.SameSize);
            return;
        }

        var tree = await ServedTree.ReadAsync(log, checkpoint, cancellation).ConfigureAwait(false);
        if (!await CheckContinuesAsync(look, tree, cancellation).ConfigureAwait(false))
            return;
        var known = await epochs
            .CheckAsync(State?.Epochs ?? [], checkpoint, tree.Tiles, look.Events, cancellation)
            .ConfigureAwait(false);
        CheckTime(look);
        Carry(look, tree.Edge, known);
    }

    /// <summary>
    /// Checks, as far as can be, that the served tree and the state's are one history; false, with an event,
    /// where that is not shown.
    /// </summary>
    private async Task<bool> CheckContinuesAsync(
        CheckpointLook look, ServedTree tree, CancellationToken cancellation)
    {
        if (State is not { } held)
            return true;
        var comparer = new HistoryComparer(held.Checkpoint, held.Edge, look.Checkpoint, tree.Tiles, tree.Edge,
            new TileCache(log, held.Checkpoint.Size));
        switch (await comparer.CompareAsync(cancellation).ConfigureAwait(false))
        {
            case HistoryComparison.Contradictory(var subtree):
                Report(look, ContradictionKind.NotAPrefix, subtree);
                return false;
            case HistoryComparison.Undecided(var why):
                look.Fail(MonitorEventKind.NotChecked,
                    $"Whether it continues size {held.Checkpoint.Size}, seen before, cannot be shown. {why}");
                return false;
            default:
                return true;
        }
    }

    /// <summary>Checks that its time is after that of the state, and not after the monitor's.</summary>
    private void CheckTime(CheckpointLook look)
    {
        if (look.Cosigner is not { } enclave)
            return;
        var cosigned = CosignatureTimes.Of(look.Served.Parsed, enclave);
        if (times.IsAhead(cosigned))
        {
            look.Fail(MonitorEventKind.TimeAhead,
                $"The enclave cosigned at {cosigned}, which is ahead of this machine's clock.");
            return;
        }

        if (State is not { } held || held.Checkpoint.Size == look.Checkpoint.Size
            || times.OfHeld(held) is not { } before)
        {
            return;
        }

        var isLarger = look.Checkpoint.Size > held.Checkpoint.Size;
        if (before.Enclave.Key.Equals(enclave.Key))
        {
            if (isLarger ? cosigned < before.Time : cosigned > before.Time)
                Report(look, ContradictionKind.TimeReversed);
        }
        else if (isLarger && cosigned + CosignatureTimes.EpochBehindMaxSeconds < before.Time)
        {
            look.Fail(MonitorEventKind.TimeBackwards,
                $"Its enclave cosigned at {cosigned}; an earlier one had cosigned size {held.Checkpoint.Size} "
                    + $"at {before.Time}.");
        }
    }

    /// <summary>Makes the checkpoint the state's, when it holds and is the newest so far.</summary>
    private void Carry(CheckpointLook look, RightEdge edge, IReadOnlyList<KnownEpoch> known)
    {
        var isFirst = State is null;
        if (look.Cosigner is { } enclave && IsNewest(look, enclave))
        {
            State = new(edge)
            {
                Note = look.Served.Note,
                Checkpoint = look.Checkpoint,
                LogKey = look.LogKey,
                Document = enclave.Attestation.Document.Bytes,
                DefaultNote = State?.DefaultNote,
                RehashedSize = State?.RehashedSize,
                Evidence = State?.Evidence ?? [],
            };
        }

        if (State is null)
            return;
        State = State with { Epochs = known };
        if (look.IsGood && look.Served.IsDefault)
            State = State with { DefaultNote = look.Served.Note };
        if (isFirst)
        {
            look.Events.Add(MonitorEventKind.FirstContact, FirstWords(look.LogKey), look.Checkpoint);
        }
        else if (look.IsGood)
        {
            look.Events.Add(MonitorEventKind.CheckpointVerified,
                $"Size {look.Checkpoint.Size} holds, and is of the history that was seen before.",
                look.Checkpoint);
        }
    }

    private bool IsNewest(CheckpointLook look, VerifiedEnclave enclave) =>
        State is not { } held || look.Checkpoint.Size > held.Checkpoint.Size
        || (look.Checkpoint.Size == held.Checkpoint.Size
            && CosignatureTimes.Of(look.Served.Parsed, enclave) >= (HeldTime ?? 0));

    private string FirstWords(VerifierKey logKey) =>
        "First contact: this checkpoint is taken as the beginning, on trust. What the log showed to others "
        + "before is not known"
        + (policy is null ? $", and its key was taken from the gateway: {logKey}." : ".");

    private void Report(CheckpointLook look, ContradictionKind kind, SubtreeDisagreement? subtree = null)
    {
        look.IsGood = false;
        var cosigner = epochs.FindCosigner(look.Served.Parsed)?.Enclave;
        State = reporter.Report(State!, look, cosigner, kind, subtree);
    }
}
