using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Takes the checkpoints that a log serves one by one: checks each, compares it with the state, and carries
/// the state on. Owned by the monitor's one flow.
/// </summary>
/// <param name="log">Where the tiles come from.</param>
/// <param name="chain">The chain that is followed.</param>
/// <param name="epochs">The log's epochs.</param>
/// <param name="enclaves">The images and the root that are accepted.</param>
/// <param name="reporter">Writes evidence.</param>
/// <param name="policy">The monitor's policy, if any.</param>
/// <param name="time">The monitor's clock.</param>
/// <param name="state">What is known so far; null at first contact.</param>
internal sealed class CheckpointFollower(
    LogReader log, ChainId chain, EpochWatch epochs, EnclaveVerifier enclaves, ContradictionReporter reporter,
    TlogPolicy? policy, TimeProvider time, MonitorState? state)
{
    private const string Where = "checkpoint";

    /// <summary>How far a cosignature may be ahead of the monitor's clock.</summary>
    private static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How far the first times of an epoch may be behind those of the one before: what an enclave tolerates
    /// when it adopts a history.
    /// </summary>
    private const ulong EpochBehindMaxSeconds = 5;

    public MonitorState? State { get; private set; } = state;

    /// <summary>The time of the state's checkpoint, by its enclave; null when it is not known.</summary>
    public ulong? HeldTime => State is null ? null : HeldBy(State)?.Time;

    public async Task TakeAsync(ServedCheckpoint served, RoundEvents events, CancellationToken cancellation)
    {
        var checkpoint = served.Signed.Checkpoint;
        if (State is null && epochs.Served is null)
            await epochs.RefreshAsync(cancellation).ConfigureAwait(false);
        var findings = new AuditFindings();
        var audit = new CheckpointAudit(policy, Named(), findings);
        var logKey = audit.CheckLogSignature(AuditRule.LogSignature, Where, served.Signed);
        if (logKey is null || !IsOfChain(checkpoint, logKey, findings))
        {
            events.AddFindings(findings, checkpoint);
            return;
        }

        // Who cosigned is not needed to prove that the log's key signed two histories.
        var areEpochsKnown = await TryReadEpochsAsync(served, events, cancellation).ConfigureAwait(false);
        var cosigner = areEpochsKnown
            ? audit.CheckCosignature(Where, served.Signed, epochs.Audited)
            : null;
        var isQuorum = served.IsDefault && policy is { HasWitnesses: true };
        if (isQuorum)
            audit.CheckWitnesses(Where, served.Signed);
        events.AddFindings(findings, checkpoint);
        try
        {
            var isGood = areEpochsKnown && findings.Count == 0;
            await CompareAsync(served, logKey, cosigner, isGood, events, cancellation).ConfigureAwait(false);
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
        if (epochs.FindCosigner(served.Signed) is not null)
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
        if (!origin.EndsWith($"/{chain}", StringComparison.Ordinal))
            findings.Add(AuditRule.LogSignature, Where, $"It is of {origin}, not of the chain {chain}.");
        if (logKey.Name != origin)
            findings.Add(AuditRule.LogSignature, Where, $"Its key is that of another log, {logKey.Name}.");
        return findings.Count == 0;
    }

    private async Task CompareAsync(
        ServedCheckpoint served, VerifierKey logKey, AuditedEpoch? cosigner, bool isGood, RoundEvents events,
        CancellationToken cancellation)
    {
        var checkpoint = served.Signed.Checkpoint;
        if (State?.Checkpoint is { } held && held.Size == checkpoint.Size && held.Root != checkpoint.Root)
        {
            Report(served, ContradictionKind.SameSize, null, events);
            return;
        }

        var tiles = new TileNodes(log, checkpoint.Size);
        var edge = await tiles.ReadEdgeAsync(cancellation).ConfigureAwait(false);
        if (edge.Root() is var root && root != checkpoint.Root)
        {
            throw new TilesUnreadableException($"The tiles that are served give the root {root} at size "
                + $"{checkpoint.Size}; the checkpoint states {checkpoint.Root}.");
        }

        if (!await IsContinuedAsync(served, tiles, edge, events, cancellation).ConfigureAwait(false))
            return;
        var known = await epochs.CheckAsync(State?.Epochs ?? [], checkpoint, tiles, events, cancellation)
            .ConfigureAwait(false);
        var isInTime = IsInTime(served, cosigner, events);
        Carry(served, logKey, cosigner, edge, isGood && isInTime, known, events);
    }

    /// <summary>Whether the served tree and the state's are one history, as far as can be told.</summary>
    private async Task<bool> IsContinuedAsync(
        ServedCheckpoint served, TileNodes tiles, RightEdge edge, RoundEvents events,
        CancellationToken cancellation)
    {
        if (State is not { } held)
            return true;
        var checkpoint = served.Signed.Checkpoint;
        var comparer = new HistoryComparer(
            held.Checkpoint, held.Edge, checkpoint, tiles, edge, new TileNodes(log, held.Checkpoint.Size));
        switch (await comparer.CompareAsync(cancellation).ConfigureAwait(false))
        {
            case HistoryComparison.Contradictory(var subtree):
                Report(served, ContradictionKind.NotAPrefix, subtree, events);
                return false;
            case HistoryComparison.Undecided(var why):
                events.Add(MonitorEventKind.NotChecked,
                    $"Whether it continues size {held.Checkpoint.Size}, seen before, cannot be shown. {why}",
                    checkpoint);
                return false;
            default:
                return true;
        }
    }

    /// <summary>Whether its time is after that of the state, and not after the monitor's.</summary>
    private bool IsInTime(ServedCheckpoint served, AuditedEpoch? cosigner, RoundEvents events)
    {
        if (cosigner?.Enclave is not { } enclave)
            return true;
        var checkpoint = served.Signed.Checkpoint;
        var now = TimeOf(served.Signed, enclave);
        if (now > (ulong)(time.GetUtcNow() + AheadMax).ToUnixTimeSeconds())
        {
            events.Add(MonitorEventKind.TimeAhead,
                $"The enclave cosigned at {now}, which is ahead of this machine's clock.", checkpoint);
            return false;
        }

        if (State is not { } held || HeldBy(held) is not { } before
            || held.Checkpoint.Size == checkpoint.Size)
        {
            return true;
        }

        var isLarger = checkpoint.Size > held.Checkpoint.Size;
        if (before.Enclave.Key.Equals(enclave.Key))
        {
            if (isLarger ? now >= before.Time : now <= before.Time)
                return true;
            Report(served, ContradictionKind.TimeReversed, null, events);
            return false;
        }

        if (!isLarger || now + EpochBehindMaxSeconds >= before.Time)
            return true;
        events.Add(MonitorEventKind.TimeBackwards,
            $"Its enclave cosigned at {now}; an earlier one had cosigned size {held.Checkpoint.Size} at "
                + $"{before.Time}.", checkpoint);
        return false;
    }

    /// <summary>Makes the checkpoint the state's, when it holds and is the newest so far.</summary>
    private void Carry(
        ServedCheckpoint served, VerifierKey logKey, AuditedEpoch? cosigner, RightEdge edge, bool isGood,
        IReadOnlyList<KnownEpoch> known, RoundEvents events)
    {
        var checkpoint = served.Signed.Checkpoint;
        var isFirst = State is null;
        if (cosigner?.Enclave is { } enclave && IsNewest(served, enclave))
        {
            State = new(edge)
            {
                Note = served.Note,
                Checkpoint = checkpoint,
                LogKey = logKey,
                Document = enclave.Attestation.Document.Bytes,
                DefaultNote = State?.DefaultNote,
                RehashedSize = State?.RehashedSize,
                Evidence = State?.Evidence ?? [],
            };
        }

        if (State is null)
            return;
        State = State with { Epochs = known };
        if (isGood && served.IsDefault)
            State = State with { DefaultNote = served.Note };
        if (isFirst)
        {
            events.Add(MonitorEventKind.FirstContact, FirstWords(logKey), checkpoint);
        }
        else if (isGood)
        {
            events.Add(MonitorEventKind.CheckpointVerified,
                $"Size {checkpoint.Size} holds, and is of the history that was seen before.", checkpoint);
        }
    }

    private bool IsNewest(ServedCheckpoint served, EnclaveIdentity enclave) =>
        State is not { } held || served.Signed.Checkpoint.Size > held.Checkpoint.Size
        || (served.Signed.Checkpoint.Size == held.Checkpoint.Size
            && TimeOf(served.Signed, enclave) >= (HeldTime ?? 0));

    private string FirstWords(VerifierKey logKey) =>
        "First contact: this checkpoint is taken as the beginning, on trust. What the log showed to others "
        + "before is not known"
        + (policy is null ? $", and its key was taken from the gateway: {logKey}." : ".");

    private void Report(
        ServedCheckpoint served, ContradictionKind kind, SubtreeDisagreement? subtree, RoundEvents events) =>
        State = reporter.Report(
            State!, served, epochs.FindCosigner(served.Signed)?.Enclave, kind, subtree, events);

    /// <summary>
    /// Who cosigned the state's checkpoint, and when; null when that is no longer accepted.
    /// </summary>
    private (EnclaveIdentity Enclave, ulong Time)? HeldBy(MonitorState held)
    {
        if (held.Document is not { } document)
            return null;
        try
        {
            var enclave = enclaves.Verify(document);
            return (enclave, TimeOf(SignedCheckpoint.Parse(held.Note), enclave));
        }
        catch (Exception unusable) when (unusable is Attestation.AttestationException or TlogException)
        {
            return null;
        }
    }

    private static ulong TimeOf(SignedCheckpoint signed, EnclaveIdentity enclave) =>
        signed.Note.Verify([enclave.Key]).Signatures[0].Time!.Value;
}
