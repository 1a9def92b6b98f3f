using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>What a witness is to be asked about a chain.</summary>
/// <param name="Round">What it is to cosign.</param>
/// <param name="OldSize">The size that it cosigned last, as far as is known here.</param>
internal readonly record struct WitnessQuestion(WitnessRound Round, ulong OldSize);

/// <summary>
/// Where one chain stands with the witnesses. Its lock guards everything in it; everyone may read
/// <see cref="Witnessed"/>.
/// </summary>
internal sealed class ChainWitnessing(string origin, TlogPolicy policy)
{
    private readonly Lock _lock = new();
    private readonly WitnessMemory[] _memories =
        [.. policy.Witnesses.Select(_ => new WitnessMemory())];

    private readonly Dictionary<TaskCompletionSource, ulong> _waiting = [];
    private SignedCheckpoint? _durable;
    private WitnessRound? _round;
    // What the enclave demands before it opens or seals: asked about beside the round.
    private WitnessRound? _demand;
    // Witnesses may have cosigned so much, and cosign nothing smaller any more.
    private ulong _demandedSize;
    private long? _startedAt;
    private bool _isScheduled;
    private volatile SignedCheckpoint? _witnessed;

    /// <summary>The newest checkpoint that has its quorum; null until there is one.</summary>
    public SignedCheckpoint? Witnessed => _witnessed;

    /// <summary>Waits for a quorum on at least so many entries.</summary>
    /// <returns>The checkpoint; null when the time passed or the wait was cancelled.</returns>
    public async Task<SignedCheckpoint?> WhenWitnessedAsync(
        ulong size, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var signal = Signal.New();
        lock (_lock)
        {
            if (_witnessed is { } witnessed && witnessed.Size >= size)
                return witnessed;
            _waiting.Add(signal, size);
        }

        using (cancellation.UnsafeRegister(Complete, signal))
        await using (time.CreateTimer(Complete, signal, patience, Timeout.InfiniteTimeSpan))
            await signal.Task;
        lock (_lock)
        {
            _waiting.Remove(signal);
            return _witnessed?.Size >= size ? _witnessed : null;
        }
    }

    /// <summary>Goes on from what the ledger has, unless the policy has changed so that it is no quorum now.
    /// The witnesses that cosigned it have seen that much.</summary>
    public void Load(CheckpointRecord witnessed)
    {
        var cosigners = Cosigners(witnessed.Note);
        lock (_lock)
        {
            if (policy.Evaluate(cosigners).IsSatisfied)
                _witnessed = SignedCheckpoint.Of(witnessed);
            for (var place = 0; place < _memories.Length; place++)
            {
                if (cosigners.Contains(policy.Witnesses[place].Key))
                    _memories[place].Size = witnessed.Size;
            }
        }
    }

    /// <summary>Notes a checkpoint that is on stable storage: only such are ever shown to a witness.</summary>
    public void NoteDurable(SignedCheckpoint checkpoint)
    {
        lock (_lock)
        {
            if (_durable is null || (checkpoint.Size, checkpoint.Time).CompareTo((_durable.Size, _durable.Time)) > 0)
                _durable = checkpoint;
        }
    }

    /// <summary>Whether a round is to begin for a newer size, and when at the earliest; at most once until
    /// it has begun.</summary>
    /// <param name="size">The newest size of the chain.</param>
    /// <param name="interval">Least time between the beginnings of two rounds, in the clock's ticks.</param>
    /// <param name="now">The clock's timestamp.</param>
    /// <param name="due">When it may begin.</param>
    public bool TrySchedule(ulong size, long interval, long now, out long due)
    {
        lock (_lock)
        {
            due = _startedAt is { } started ? Math.Max(now, started + interval) : now;
            // A round that lacks its quorum is followed by the next one once it has it.
            if (_isScheduled || size == 0 || _witnessed?.Size >= size || IsBusy)
                return false;
            _isScheduled = true;
            return true;
        }
    }

    /// <summary>Begins the round for the newest durable checkpoint, unless there is nothing to ask.</summary>
    public bool TryBegin(long now)
    {
        lock (_lock)
        {
            _isScheduled = false;
            if (_durable is not { } newest || _witnessed?.Size >= newest.Size || IsBusy
                || newest.Size < _demandedSize || _round?.Checkpoint.Size >= newest.Size)
            {
                return false;
            }

            Begin(newest, now);
            return true;
        }
    }

    /// <summary>Whether the caller must take the chain to a witness: it is not on its way there.</summary>
    public bool TryTake(int place)
    {
        lock (_lock)
        {
            var memory = _memories[place];
            memory.IsWanted = memory.IsTaken;
            if (memory.IsTaken)
                return false;
            memory.IsTaken = true;
            return true;
        }
    }

    /// <summary>Ends the way to a witness.</summary>
    /// <returns>Whether it was wanted there anew meanwhile: then it stays taken, for another turn.</returns>
    public bool EndTurn(int place)
    {
        lock (_lock)
        {
            var memory = _memories[place];
            memory.IsTaken = memory.IsWanted;
            memory.IsWanted = false;
            return memory.IsTaken;
        }
    }

    /// <summary>What to ask a witness now; null when it has said all it can.</summary>
    public WitnessQuestion? QuestionFor(int place)
    {
        lock (_lock)
        {
            // The round first: who has cosigned what is demanded, which is newer, cosigns it no more.
            return (Lacking(_round, place) ?? Lacking(_demand, place)) is { } round
                ? new WitnessQuestion(round, Math.Min(_memories[place].Size, round.Checkpoint.Size))
                : null;
        }
    }

    /// <summary>
    /// Begins what the enclave demands before it opens or seals. A round that some have cosigned goes on beside it;
    /// no other begins before it is ended.
    /// </summary>
    public WitnessRound Demand(SignedCheckpoint checkpoint, TlogPolicy measured, ulong timeMin, long now)
    {
        lock (_lock)
        {
            if (_round is not { IsHeld: true })
                _round = null;
            _demandedSize = checkpoint.Size;
            var round = new WitnessRound(checkpoint, TextOf(checkpoint), policy.Witnesses, measured, now)
            {
                TimeMin = timeMin,
            };
            _demand = round;
            return round;
        }
    }

    /// <summary>Ends a demand, whatever came of it.</summary>
    public void EndDemand(WitnessRound round)
    {
        lock (_lock)
        {
            if (_demand == round)
                _demand = null;
        }
    }

    /// <summary>Takes a witness's verified cosignature.</summary>
    /// <param name="place">The witness.</param>
    /// <param name="round">What it was asked.</param>
    /// <param name="cosignature">What it answered.</param>
    /// <param name="time">The time that it states, in seconds since 1970.</param>
    public WitnessGain Accept(int place, WitnessRound round, NoteSignature cosignature, ulong time)
    {
        lock (_lock)
        {
            _memories[place].Size = round.Checkpoint.Size;
            if (time < round.TimeMin)
                return WitnessGain.TooEarly;
            // What it cosigned is the text, whichever of the two asked for it.
            if (_demand?.Text == round.Text && time >= _demand.TimeMin)
                _demand.Add(place, cosignature);
            if (_round?.Text != round.Text)
                return WitnessGain.None;
            var hadQuorum = _round.HasQuorum;
            _round.Add(place, cosignature);
            if (!_round.HasQuorum)
                return WitnessGain.None;
            // Cosignatures beyond the quorum are taken in as well: another verifier may demand just those.
            Publish(_round.Witnessed());
            return hadQuorum ? WitnessGain.More : WitnessGain.Quorum;
        }
    }

    /// <summary>Counts the enclave's quorum on a checkpoint as the gateway's; false when the gateway's own
    /// policy wants more.</summary>
    public bool TryCountQuorum(SignedCheckpoint checkpoint)
    {
        if (!policy.Evaluate(Cosigners(checkpoint.Note)).IsSatisfied)
            return false;
        lock (_lock)
        {
            if (_round?.Checkpoint.Size <= checkpoint.Size)
                _round = null;
            if (_witnessed is null || _witnessed.Size <= checkpoint.Size)
                Publish(checkpoint);
        }

        return true;
    }

    /// <summary>
    /// Begins the round for a sealed checkpoint on which the gateway's own policy wants more, with the cosignatures it
    /// has; false while one lacks its quorum. What is sealed next would leave behind any that begins later.
    /// </summary>
    public bool TryGoOn(SignedCheckpoint checkpoint, long now)
    {
        lock (_lock)
        {
            if (_round is { IsHeld: true })
                return false;
            Begin(checkpoint, now).AddOwn();
            return true;
        }
    }

    /// <summary>Takes the size that a witness says it cosigned last; nobody else may have to wait for what one
    /// witness says.</summary>
    /// <param name="place">The witness.</param>
    /// <param name="round">What it was asked.</param>
    /// <param name="size">What it says.</param>
    /// <param name="now">The clock's timestamp.</param>
    public WitnessLesson Learn(int place, WitnessRound round, ulong size, long now)
    {
        lock (_lock)
        {
            _memories[place].Size = size;
            if (size <= round.Checkpoint.Size || (round != _round && round != _demand))
                return WitnessLesson.AskAgain;
            var canHaveQuorum = CanHaveQuorum(round);
            if (round == _demand)
            {
                if (!canHaveQuorum)
                    round.Fail(OlderLedger(round));
                return WitnessLesson.BeyondLedger;
            }

            if (_durable is not { } newest || newest.Size < size)
                return WitnessLesson.BeyondLedger;
            if (round.IsCosigned && canHaveQuorum)
                return WitnessLesson.BeyondRound;
            if (newest.Size < _demandedSize)
            {
                // The next one begins with what is sealed.
                _round = null;
                return WitnessLesson.AskAgain;
            }

            Begin(newest, now);
            return WitnessLesson.RoundRenewed;
        }
    }

    /// <summary>Whether no round may begin.</summary>
    private bool IsBusy => _demand is not null || _round is { IsHeld: true };

    /// <summary>Whether the witnesses that have not seen more than the round's size would make its quorum.
    /// </summary>
    private bool CanHaveQuorum(WitnessRound round) => round.Policy.Evaluate(
        policy.Witnesses.Where((_, place) => !IsAhead(place, round)).Select(witness => witness.Key)).IsSatisfied;

    private bool IsAhead(int place, WitnessRound round) => _memories[place].Size > round.Checkpoint.Size;

    private OlderLedgerException OlderLedger(WitnessRound round)
    {
        var ahead = policy.Witnesses.Select((witness, place) => (witness.Name, place))
            .Where(witness => IsAhead(witness.place, round))
            .Select(witness => $"{witness.Name} (size {_memories[witness.place].Size})");
        return new OlderLedgerException(
            $"the ledger ends at size {round.Checkpoint.Size}, but these witnesses have already cosigned more: "
            + $"{string.Join(", ", ahead)}. The others make no quorum. So the ledger is an older copy or has lost "
            + "its tail: stop the gateway and restore the newest copy (docs/rollback.md, \"When a chain is "
            + "locked out\").");
    }

    private void Publish(SignedCheckpoint witnessed)
    {
        _witnessed = witnessed;
        foreach (var (signal, size) in _waiting)
        {
            if (size <= witnessed.Size)
                signal.TrySetResult();
        }
    }

    private HashSet<VerifierKey> Cosigners(ReadOnlyMemory<byte> note)
    {
        try
        {
            return [.. SignedNote.Parse(note.Span).Verify(policy.Keys).Keys];
        }
        catch (TlogException)
        {
            return [];
        }
    }

    private WitnessRound Begin(SignedCheckpoint newest, long now)
    {
        _startedAt = now;
        var round = new WitnessRound(newest, TextOf(newest), policy.Witnesses, policy, now);
        _round = round;
        return round;
    }

    private static WitnessRound? Lacking(WitnessRound? round, int place) =>
        round?.HasCosignatureOf(place) == false ? round : null;

    private string TextOf(SignedCheckpoint checkpoint) =>
        new Checkpoint(origin, checkpoint.Size, checkpoint.Root).ToNoteText();

    private static void Complete(object? signal) => ((TaskCompletionSource)signal!).TrySetResult();

    /// <summary>What is known of one witness.</summary>
    private sealed class WitnessMemory
    {
        /// <summary>The size that it cosigned last.</summary>
        public ulong Size { get; set; }

        /// <summary>Whether the chain waits for it, or it is being asked.</summary>
        public bool IsTaken { get; set; }

        /// <summary>Whether there is more to ask once it was asked.</summary>
        public bool IsWanted { get; set; }
    }
}
