using System.Buffers;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// The sequencer over one opening of the ledger. After an uncertain write it is thrown away and a new one
/// is made over the ledger opened anew, which then decides what took effect.
/// </summary>
internal sealed class Engine : IAsyncDisposable
{
    private static readonly TimeSpan ReconnectDelayMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReconnectDelayMax = TimeSpan.FromSeconds(2);

    private readonly CoreDependencies _dependencies;
    private readonly ILedger _ledger;
    private readonly Func<uint, ReadOnlyMemory<byte>> _documentOf;
    private readonly CheckpointAssembler _assembler;
    private readonly EnclaveLink _link;
    private readonly RideAlong _rideAlong;
    private readonly WitnessCoordinator? _witnesses;
    private readonly ChainLanes _lanes;
    private readonly WitnessFinality _finality;
    private readonly KeySweep _keys;
    private readonly Committer _committer;
    private readonly Publisher _publisher;
    private readonly WaitingCallers _callers;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stop;
    private readonly TaskCompletionSource<bool> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Refusal? _ended;

    public Engine(
        SequencerOptions options, CoreDependencies dependencies, ILedger ledger, WaitingCallers callers)
    {
        (_dependencies, _ledger, _callers, _stop) = (dependencies, ledger, callers, _stopping.Token);
        _finality = new WitnessFinality(options, dependencies.Time, _stop);
        _documentOf = epoch => ledger.FindEpoch(epoch)!.Document;
        _assembler = new CheckpointAssembler(dependencies.LogKey);
        _link = new EnclaveLink(
            ledger, dependencies.Enclave, options, dependencies.Witnesses, dependencies.Time, dependencies.Metrics);
        if (dependencies.Witnesses is { } network)
        {
            _witnesses = new WitnessCoordinator(
                network, options, dependencies.Time, dependencies.Logger, dependencies.Metrics);
        }

        _rideAlong = new RideAlong(ledger, _witnesses);
        Intake = new Intake(options);
        var opening = _witnesses is null
            ? null
            : new WitnessedOpening(_witnesses, _assembler, dependencies.Time);
        var sealing = new Sealing(_witnesses, _assembler, _rideAlong);
        var opener = new ChainOpener(ledger, _assembler, _rideAlong, opening, sealing);
        _lanes = new ChainLanes(
            _link, opener, sealing, _assembler, _rideAlong, dependencies.Time, dependencies.Metrics);
        Chains = new ChainRegistry(
            ledger, _link, opener, Intake, _witnesses, options, dependencies.Time, dependencies.Published);
        _keys = new KeySweep(ledger, dependencies.Time, dependencies.Logger);
        _committer = new Committer(Intake, ledger, _rideAlong, options, dependencies.Time, dependencies.Metrics);
        _publisher = new Publisher(
            _committer.Committed, Intake, _link, opener, _lanes, _assembler, _rideAlong, options,
            dependencies.Time, dependencies.Metrics);
    }

    public Intake Intake { get; }

    public ChainRegistry Chains { get; }

    public ILedger Ledger => _ledger;

    /// <summary>The epoch that signs; null before the enclave was reached.</summary>
    public EnclaveEpoch? Epoch => _link.Connection?.Epoch;

    /// <summary>Whether the enclave can be asked now.</summary>
    public bool IsConnected => _link.Connection is { IsOpen: true };

    /// <summary>Whether anybody waits for an outcome, be it for the witnesses alone.</summary>
    public bool HasCallers => Intake.Entries > 0 || _finality.Entries > 0;

    /// <summary>Tells that the enclave was reached once; false when the engine has ended before.</summary>
    public Task<bool> Connected => _connected.Task;

    /// <summary>Runs until the intake is completed and everything in it has its outcome.</summary>
    /// <exception cref="LedgerException">When the ledger must be opened anew.</exception>
    /// <exception cref="EnclaveFencedException">When a newer gateway took over.</exception>
    public async Task RunAsync()
    {
        var committing = _committer.RunAsync(_stop);
        var publishing = _publisher.RunAsync(_stop);
        List<Task> running =
        [
            KeepConnectedAsync(_stop), committing, publishing, _keys.RunAsync(_stop),
            Chains.WatchAsync(_stop), _lanes.WatchAsync(_stop),
        ];
        if (_witnesses is not null)
            running.Add(_witnesses.RunAsync(_rideAlong, _stop));
        try
        {
            await WaitForStagesAsync(running, committing, publishing);
            // What a lane published last may have had nothing to ride along with.
            await _rideAlong.WriteAsync(new LedgerBatch(), sync: false);
        }
        finally
        {
            _stopping.Cancel();
            await Task.WhenAll(running).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            _connected.TrySetResult(false);
        }
    }

    /// <summary>
    /// Waits until both stages have ended. The publisher ends well however the committer ends, and may be the
    /// first of the two to be seen.
    /// </summary>
    /// <param name="running">Everything whose failure ends the engine, the stages among it.</param>
    /// <param name="committing">The first stage.</param>
    /// <param name="publishing">The second.</param>
    /// <exception cref="Exception">The first failure of any of them.</exception>
    internal static async Task WaitForStagesAsync(List<Task> running, Task committing, Task publishing)
    {
        while (running.Contains(committing) || running.Contains(publishing))
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            await ended;
        }
    }

    /// <summary>Submits; the caller has checked the form and that the service is up.</summary>
    public ValueTask<SubmitOutcome> SubmitAsync(
        Submission submission, long bytes, CancellationToken cancellation)
    {
        var known = Chains.FindKnown(submission.Chain);
        var chain = known ?? Chains.Make(submission.Chain);
        if (chain.Phase == ChainPhase.Stopped)
        {
            return new(Refuse(
                RefusalCode.ChainStopped, $"Chain '{chain.Id}' is stopped: {chain.StopReason}"));
        }

        if (chain.Hold is { } hold)
            return new(Refuse(RefusalCode.WitnessesUnavailable, hold));
        var isWitnessed = WitnessFinality.IsDemanded(chain, submission);
        if (Admit(chain, submission.Entries.Count, bytes, isWitnessed) is { } refusal)
            return new(new SubmitOutcome.Refused(refusal));
        // Only what was admitted: names alone must not take memory.
        if (known is null && !Chains.TryAdd(chain))
        {
            Release(chain, submission.Entries.Count, bytes, isWitnessed);
            return SubmitAsync(submission, bytes, cancellation);
        }

        var pending = new PendingSubmission(submission, bytes);
        var place = _callers.Add(pending);
        pending.OnOutcome(_ =>
        {
            Intake.Release(chain, pending.EntryCount, pending.Bytes);
            _callers.Remove(place);
        });
        chain.Queue.Add(pending);
        if (chain.Phase == ChainPhase.Open)
            Intake.Schedule(chain);
        else
            _ = Chains.OpenAsync(chain, _stop);
        if (chain.Phase == ChainPhase.Open)
            Intake.Schedule(chain);
        else if (chain.Phase == ChainPhase.Stopped)
            ChainRegistry.RefuseWaiting(chain);
        if (_ended is { } ended)
            AbandonWaiting(chain, ended);
        var answer = cancellation.CanBeCanceled
            ? new(AsTaskAsync(pending.Answer).WaitAsync(cancellation))
            : pending.Answer;
        return isWitnessed ? WaitForWitnessesAsync(chain, pending, answer, cancellation) : answer;
    }

    /// <summary>The chain for reading, caught up with the enclave if that can be had; null when unknown.</summary>
    /// <exception cref="LedgerException">When it is stopped, or could not be loaded.</exception>
    public ValueTask<Chain?> FindAsync(ChainId id, CancellationToken cancellation) => Chains.Find(id) switch
    {
        null => default,
        { Phase: ChainPhase.Open, Latest: not null } open => new ValueTask<Chain?>(open),
        var chain => new ValueTask<Chain?>(CatchUpAsync(chain, cancellation)),
    };

    private async Task<Chain?> CatchUpAsync(Chain chain, CancellationToken cancellation)
    {
        if (chain.Phase is ChainPhase.Closed or ChainPhase.Opening)
        {
            var opening = Chains.OpenAsync(chain, _stop);
            // Its failure is the opening's.
            await chain.Loading.WaitAsync(cancellation).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            cancellation.ThrowIfCancellationRequested();
            // Without the enclave, and while it wants witnesses first, what the ledger has is served as it is.
            if (chain.Tree is null || (IsConnected && Epoch?.Witnesses is null))
                await opening.WaitAsync(cancellation);
        }

        if (chain.Latest is not null)
            return chain;
        if (chain.Phase == ChainPhase.Stopped)
            throw new LedgerException(LedgerError.Corrupt, $"Chain '{chain.Id}' is stopped: {chain.StopReason}");
        // Not loaded, the engine ending: that is not to say that there is nothing.
        return chain.Tree is null && _ledger.FindChain(chain.Id) is not null
            ? throw new LedgerException(LedgerError.Unavailable, $"Chain '{chain.Id}' was not loaded.")
            : null;
    }

    public EntryReading? Read(Chain chain, ulong index)
    {
        // What a quorum covers is shown with it.
        var witnessed = chain.Witnessing?.Witnessed;
        var checkpoint = index < witnessed?.Size ? witnessed : chain.Latest!;
        if (index >= checkpoint.Size)
        {
            RequireSigned(chain, index);
            return null;
        }

        if (_ledger.ReadEntry(chain.Record!.Number, index) is not { } entry)
            return null;
        var nodes = chain.Tree!.OpenReader();
        if (!nodes.Has(index, entry))
        {
            chain.Stop($"entry {index} in the ledger is not the one that was signed.");
            throw new LedgerException(LedgerError.Corrupt, $"Chain '{chain.Id}': {chain.StopReason}");
        }

        return new EntryReading(
            nodes, chain.Tree!.EdgeOf(checkpoint.Size), checkpoint, _documentOf, index, entry.Data,
            chain.CreatedAt(index, _ledger));
    }

    /// <summary>The newest checkpoint; null when there is none.</summary>
    /// <exception cref="LedgerException">When a newer one may have been served, and is to come again.</exception>
    public SignedCheckpoint? LatestOf(Chain chain)
    {
        if (chain.Latest is { } latest)
            RequireSigned(chain, latest.Size);
        return chain.Latest;
    }

    /// <summary>
    /// After a crash the ledger may have entries that no checkpoint in it covers, though their callers have receipts:
    /// they are covered again as soon as the chain is open. Until then nobody may be told that they do not exist.
    /// </summary>
    private void RequireSigned(Chain chain, ulong index)
    {
        if (chain.Phase is ChainPhase.Closed or ChainPhase.Opening && index < _ledger.EntryCount(chain.Record!.Number))
        {
            throw new LedgerException(LedgerError.Unavailable,
                $"Entry {index} of chain '{chain.Id}' waits for the enclave to sign for it again.");
        }
    }

    /// <summary>Writes an entry bundle as tlog-tiles serves it; false when it does not exist at this size.</summary>
    public bool WriteBundle(Chain chain, EntryBundlePath path, bool readAhead, IBufferWriter<byte> output)
    {
        if (!path.ExistsAt(chain.Latest!.Size))
            return false;
        _ledger.WriteBundle(
            chain.Record!.Number, path.Index * Tile.Width, (ulong)path.Width, readAhead, output);
        return true;
    }

    public ServedEpochs ReadEpochs(Chain chain)
    {
        var epochs = _ledger.Epochs().ToDictionary(epoch => epoch.Number);
        return new ServedEpochs(
            chain.Origin,
            _assembler.LogKey(chain.Origin).ToString(),
            [
                .. _ledger.ChainEpochs(chain.Record!.Number).Select(part => new ServedEpoch(
                    part.StartSize, epochs[part.Epoch].CosignerKey, epochs[part.Epoch].Document, part.Handover)),
            ]);
    }

    public Task<byte[]> AttestAsync(ReadOnlyMemory<byte>? nonce, CancellationToken cancellation) =>
        _link.AttestAsync(nonce, cancellation);

    /// <summary>Remembers durably that this gateway was fenced, so that it does not come back by itself.</summary>
    public async Task MarkFencedAsync(string reason) =>
        await _ledger.WriteAsync(new LedgerBatch { Fence = reason }, sync: true);

    /// <summary>Gives every submission that still waits an outcome: the engine has ended.</summary>
    public void AbandonAll(RefusalCode code, string detail)
    {
        // Set first: whoever adds to a queue after it was emptied below sees it.
        _ended = new Refusal(code, detail);
        while (_committer.Committed.TryRead(out var round))
            round.Abandon(detail);
        // By their names: the registry's own order is another one in every process, and a simulated run must repeat.
        foreach (var chain in Chains.All.OrderBy(chain => chain.Id.Value, StringComparer.Ordinal))
            AbandonWaiting(chain, _ended);
    }

    /// <summary>Ends everything at once; what is under way is abandoned by <see cref="AbandonAll"/>.</summary>
    public void StopNow() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        await _link.DisposeAsync();
        await _ledger.DisposeAsync();
        Chains.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Reaches the enclave, and again whenever it was lost.</summary>
    private async Task KeepConnectedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var connection = await ConnectAsync(cancellation);
            _connected.TrySetResult(true);
            await connection.WaitEndedAsync(cancellation);
        }
    }

    private static void AbandonWaiting(Chain chain, Refusal why) =>
        chain.Queue.TakeAll().ForEach(submission => submission.Abandon(why.Code, why.Detail));

    private async Task<EnclaveConnection> ConnectAsync(CancellationToken cancellation)
    {
        for (var delay = ReconnectDelayMin; ; delay = delay * 2 < ReconnectDelayMax ? delay * 2 : ReconnectDelayMax)
        {
            try
            {
                var connection = await _link.ConnectAsync(cancellation);
                var epoch = connection.Epoch;
                SequencerCore.LogConnected(
                    _dependencies.Logger, epoch.Cosigner.ToString(), epoch.Mode, epoch.Number);
                return connection;
            }
            catch (IOException exception)
            {
                SequencerCore.LogEnclaveUnreachable(_dependencies.Logger, exception.Message);
            }

            await Task.Delay(delay, _dependencies.Time, cancellation);
        }
    }

    private Refusal? Admit(Chain chain, int entries, long bytes, bool isWitnessed)
    {
        if (Intake.Reserve(chain, entries, bytes) is { } full)
            return full;
        if (isWitnessed && _finality.Reserve(entries, bytes) is { } waiting)
        {
            Intake.Release(chain, entries, bytes);
            return waiting;
        }

        // Last: what is paid here is not given back.
        var refusal = chain.Quota.Take(entries, bytes);
        if (refusal is not null)
            Release(chain, entries, bytes, isWitnessed);
        return refusal;
    }

    private void Release(Chain chain, int entries, long bytes, bool isWitnessed)
    {
        Intake.Release(chain, entries, bytes);
        if (isWitnessed)
            _finality.Release(entries, bytes);
    }

    private async ValueTask<SubmitOutcome> WaitForWitnessesAsync(
        Chain chain, PendingSubmission pending, ValueTask<SubmitOutcome> answer, CancellationToken cancellation)
    {
        try
        {
            return await _finality.WaitAsync(chain.Witnessing!, answer, cancellation);
        }
        finally
        {
            _finality.Release(pending.EntryCount, pending.Bytes);
        }
    }

    /// <summary>A task that, other than that of <c>AsTask</c>, stays in its caller's context.</summary>
    private static async Task<SubmitOutcome> AsTaskAsync(ValueTask<SubmitOutcome> answer) => await answer;

    private static SubmitOutcome.Refused Refuse(RefusalCode code, string detail) =>
        new(new Refusal(code, detail) { RetryAfter = TimeSpan.FromSeconds(1) });
}
