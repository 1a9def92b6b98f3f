using System.Diagnostics;
using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>
/// Cosigns checkpoints that extend what it cosigned before, and nothing else (C2SP tlog-witness). The check
/// of the old size, the proof and the write to stable storage are one step for each log: there are never two
/// roots of one size, nor a smaller size, nor an earlier time. Safe for concurrent use.
/// </summary>
internal sealed partial class CheckpointWitness(
    LogRules rules, WitnessedLogs logs, StateStore state, EnclaveWord enclaves, WitnessKey key,
    TimeProvider time, ILogger<CheckpointWitness> logger)
{
    private volatile string? _trouble;

    /// <summary>Why the last write of the state failed; null when it did not.</summary>
    public string? Trouble => _trouble;

    /// <summary>The newest checkpoint of a log that lasts; null when none was cosigned.</summary>
    /// <param name="originHash">Lower-case hex of the origin's SHA-256.</param>
    public CosignedCheckpoint? Find(string originHash) => logs.Find(originHash)?.Last;

    /// <summary>Judges the body of an add-checkpoint request, and cosigns if all holds.</summary>
    /// <param name="body">At most <see cref="AddCheckpointRequest.MaxSizeBytes"/>.</param>
    /// <param name="cancellation">Ends the wait, until the checkpoint is about to be written.</param>
    public async Task<Verdict> AddAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        CosignRequest.Read(body.Span, rules) switch
        {
            Checked<CosignRequest>.Good(var request) => await DecideAsync(request, cancellation),
            Checked<CosignRequest>.Bad(var refusal) => refusal,
            _ => throw new UnreachableException(),
        };

    private async Task<Verdict> DecideAsync(CosignRequest request, CancellationToken cancellation)
    {
        var verdict = await enclaves.CheckAsync(request, cancellation) switch
        {
            Checked<NoteSignature[]>.Good(var lines) => await TakeTurnAsync(request, lines, cancellation),
            Checked<NoteSignature[]>.Bad(var refusal) => refusal,
            _ => throw new UnreachableException(),
        };
        // Signed by the log, and yet not to be cosigned: a fork, or somebody else with the log's key.
        if (verdict is Verdict.Refused
            {
                Reason: RefusalReason.NotConsistent or RefusalReason.NotSignedByEnclave,
            } fork)
        {
            LogSuspect(request.Checkpoint.Origin, request.Checkpoint.Size, fork.Sentence);
        }

        return verdict;
    }

    private async Task<Verdict> TakeTurnAsync(
        CosignRequest request, NoteSignature[] enclaveLines, CancellationToken cancellation)
    {
        if (logs.FindOrAdd(request.Checkpoint.Origin, request.Rule) is not { } log)
        {
            return new Verdict.Refused(RefusalReason.OriginsFull,
                $"This witness cosigns {request.Rule.OriginsMax} chains below {request.Rule.Prefix} "
                + "and takes no further one (origins_max).");
        }

        await log.Turn.WaitAsync(cancellation);
        try
        {
            return await JudgeAsync(log, request, enclaveLines);
        }
        catch (StateException failure)
        {
            log.IsUncertain = true;
            _trouble = failure.Message;
            LogNotWritten(request.Checkpoint.Origin, failure.Message);
            return new Verdict.Refused(RefusalReason.StateUnavailable,
                "The witness could not write its state, so that nothing was cosigned; its operator's log "
                + "says why. Try again.");
        }
        finally
        {
            log.Turn.Release();
        }
    }

    private async Task<Verdict> JudgeAsync(
        WitnessedLog log, CosignRequest request, NoteSignature[] enclaveLines)
    {
        if (log.IsUncertain)
            await SettleAsync(log, request.Checkpoint.Origin);
        var last = log.Last;
        if (request.OldSize != (last?.Checkpoint.Size ?? 0))
            return new Verdict.Behind(last?.Checkpoint.Size ?? 0);
        if (Inconsistency(last?.Checkpoint, request) is { } why)
            return new Verdict.Refused(RefusalReason.NotConsistent, why);
        var now = (ulong)Math.Max(1, time.GetUtcNow().ToUnixTimeSeconds());
        if (now < last?.Time)
            return ClockBehind(last.Time - now);
        var next = CosignedCheckpoint.Create(
            request.Checkpoint, request.Text, [.. request.LogLines, .. enclaveLines], key, now);
        // From here on there is no way back: a write that was begun is seen to its end, whoever still waits.
        if (last is null || !next.Note.Span.SequenceEqual(last.Note.Span))
        {
            await state.WriteAsync(next);
            _trouble = null;
        }

        log.Last = next;
        return new Verdict.Cosigned(next);
    }

    /// <summary>
    /// After a write that may or may not have lasted, what the file says is written once more, so that it
    /// does; only then is anything answered about the log.
    /// </summary>
    private async Task SettleAsync(WitnessedLog log, string origin)
    {
        var found = state.Read(origin);
        if (found is null && log.Last is not null)
        {
            throw new StateException(
                $"The state's file {StateStore.NameOf(origin)} of {origin} is gone: restore the folder.");
        }

        if (found is not null)
            await state.WriteAsync(found);
        _trouble = null;
        log.Last = found;
        log.IsUncertain = false;
        LogSettled(origin, found?.Checkpoint.Size ?? 0);
    }

    /// <summary>
    /// A log's cosignatures never go back in time; and none claims a time that this clock does not show,
    /// since an enclave would take it for fresh when that time has come.
    /// </summary>
    private static Verdict.Refused ClockBehind(ulong seconds) => new(RefusalReason.ClockBehind,
        $"The witness's clock is {seconds} s behind its last cosignature of this log, so that nothing was "
        + "cosigned: it was ahead then, or is behind now, and its operator must set it right.");

    private static string? Inconsistency(Checkpoint? last, CosignRequest request)
    {
        try
        {
            var next = request.Checkpoint;
            ConsistencyProof.Verify(
                request.OldSize, last?.Root ?? MerkleHash.Empty, next.Size, next.Root,
                [.. request.Proof]);
            return null;
        }
        catch (TlogException wrong)
        {
            return wrong.Message;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Origin} at {Size} is signed by its log, and not cosigned: {Reason}")]
    private partial void LogSuspect(string origin, ulong size, string reason);

    [LoggerMessage(LogLevel.Error, "The checkpoint of {Origin} was not cosigned: {Reason}")]
    private partial void LogNotWritten(string origin, string reason);

    [LoggerMessage(LogLevel.Warning, "The state of {Origin} was written anew, at size {Size}")]
    private partial void LogSettled(string origin, ulong size);
}
