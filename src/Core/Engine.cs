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
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly SequencerOptions _options;
    private readonly CoreDependencies _dependencies;
    private readonly ILedger _ledger;
    private readonly CheckpointAssembler _assembler;
    private readonly EnclaveLink _link;
    private readonly RideAlong _rideAlong;
    private readonly Committer _committer;
    private readonly Publisher _publisher;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _connected = NewSignal();
    private TaskCompletionSource _linked = NewSignal();

    public Engine(SequencerOptions options, CoreDependencies dependencies, ILedger ledger)
    {
        (_options, _dependencies, _ledger) = (options, dependencies, ledger);
        _assembler = new CheckpointAssembler(dependencies.LogKey);
        _link = new EnclaveLink(ledger, dependencies.Enclave, options, dependencies.Time);
        _rideAlong = new RideAlong(ledger);
        Intake = new Intake(options);
        var opener = new ChainOpener(ledger, _link, _assembler, _rideAlong);
        Chains = new ChainRegistry(ledger, opener, Intake, options, dependencies.Time);
        _committer = new Committer(Intake, ledger, _rideAlong, options, dependencies.Time, dependencies.Metrics);
        _publisher = new Publisher(
            _committer.Committed, _link, opener, _assembler, _rideAlong, WaitConnectedAsync, dependencies.Time,
            dependencies.Metrics);
    }

    public Intake Intake { get; }

    public ChainRegistry Chains { get; }

    /// <summary>The epoch that signs; null before the enclave was reached.</summary>
    public EnclaveEpoch? Epoch => _link.Epoch;

    /// <summary>Whether the enclave can be asked now.</summary>
    public bool IsConnected => _link.IsOpen;

    /// <summary>Completes when the enclave was first reached.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Runs until the intake is completed and everything in it has its outcome.</summary>
    /// <exception cref="LedgerException">When the ledger must be opened anew.</exception>
    /// <exception cref="EnclaveFencedException">When a newer gateway took over.</exception>
    public async Task RunAsync()
    {
        var stop = _stopping.Token;
        var connecting = KeepConnectedAsync(stop);
        var committing = _committer.RunAsync(stop);
        var publishing = _publisher.RunAsync(stop);
        var sweeping = SweepAsync(stop);
        List<Task> running = [connecting, committing, publishing, sweeping];
        try
        {
            while (running.Contains(publishing))
            {
                var ended = await Task.WhenAny([.. running, Chains.Fatal]);
                if (ended == Chains.Fatal)
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(await Chains.Fatal);
                running.Remove(ended);
                await ended;
            }
        }
        finally
        {
            await _stopping.CancelAsync();
            await Task.WhenAll(running).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Submits; the caller has checked the form and that the service is up.</summary>
    public async Task<SubmitOutcome> SubmitAsync(
        Submission submission, long bytes, CancellationToken cancellation)
    {
        var chain = Chains.GetOrAdd(submission.Chain);
        if (chain.Phase == ChainPhase.Stopped)
            return Refuse(RefusalCode.ChainStopped, $"Chain '{chain.Id}' is stopped: {chain.StopReason}");
        var refusal = chain.Quota.Take(submission.Entries.Count, bytes)
            ?? Intake.Reserve(chain, submission.Entries.Count, bytes);
        if (refusal is not null)
            return new SubmitOutcome.Refused(refusal);

        var pending = new PendingSubmission(submission, bytes);
        _ = ReleaseAsync(chain, pending);
        chain.Queue.Add(pending);
        if (chain.Phase == ChainPhase.Open)
            Intake.Schedule(chain);
        else
            _ = Chains.OpenAsync(chain, _stopping.Token);
        if (chain.Phase == ChainPhase.Open)
            Intake.Schedule(chain);
        else if (chain.Phase == ChainPhase.Stopped)
            ChainRegistry.RefuseWaiting(chain);
        return await WaitAsync(pending, cancellation);
    }

    /// <summary>The chain for reading, caught up with the enclave if that can be had; null when unknown.</summary>
    public async Task<Chain?> FindAsync(ChainId id, CancellationToken cancellation)
    {
        if (Chains.Find(id) is not { } chain)
            return null;
        if (chain.Phase is ChainPhase.Closed or ChainPhase.Opening)
        {
            var opening = Chains.OpenAsync(chain, _stopping.Token);
            // Without the enclave, what the ledger has is served as it is.
            if (chain.Latest is null || IsConnected)
                await opening.WaitAsync(cancellation);
        }

        return chain.Latest is null ? null : chain;
    }

    public EntryReading? Read(Chain chain, ulong index)
    {
        var checkpoint = chain.Latest!;
        if (index >= checkpoint.Size || _ledger.ReadEntry(chain.Record!.Number, index) is not { } data)
            return null;
        if (MerkleHash.Leaf(data) != chain.Tree!.Read(new NodeId(0, index)))
        {
            chain.Stop($"entry {index} in the ledger is not the one that was signed.");
            throw new LedgerException(LedgerError.Corrupt, $"Chain '{chain.Id}': {chain.StopReason}");
        }

        var document = _ledger.FindEpoch(checkpoint.Epoch)!.Document;
        return new EntryReading(
            chain.Tree, checkpoint, document, index, data, chain.CreatedAt(index + 1, _ledger));
    }

    /// <summary>An entry bundle as tlog-tiles serves it; null when it does not exist at this size.</summary>
    public byte[]? ReadBundle(Chain chain, EntryBundlePath path)
    {
        if (!path.ExistsAt(chain.Latest!.Size))
            return null;
        var bundle = new System.Buffers.ArrayBufferWriter<byte>();
        foreach (var entry in _ledger.ReadEntries(
                     chain.Record!.Number, path.Index * Tile.Width, (ulong)path.Width))
        {
            EntryBundle.Write(bundle, entry.Span);
        }

        return bundle.WrittenSpan.ToArray();
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
        while (_committer.Committed.TryRead(out var round))
        {
            foreach (var submission in round.Runs.SelectMany(run => run.Submissions))
                submission.Abandon(code, detail);
        }

        foreach (var submission in Chains.All.SelectMany(chain => chain.Queue.TakeAll()))
            submission.Abandon(code, detail);
    }

    /// <summary>Ends everything at once; what is under way is abandoned by <see cref="AbandonAll"/>.</summary>
    public Task StopNowAsync() => _stopping.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _link.DisposeAsync();
        Chains.Dispose();
        await _ledger.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>Reaches the enclave, and again whenever it was lost.</summary>
    private async Task KeepConnectedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await ConnectAsync(cancellation);
            Interlocked.Exchange(ref _linked, NewSignal()).SetResult();
            Chains.OpenWaiting(_stopping.Token);
            await _link.Ended.WaitAsync(cancellation);
        }
    }

    /// <summary>Waits until the enclave can be asked again.</summary>
    private async Task WaitConnectedAsync(CancellationToken cancellation)
    {
        var linked = _linked.Task;
        if (!_link.IsOpen)
            await linked.WaitAsync(cancellation);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        for (var delay = ReconnectDelayMin; ; delay = delay * 2 < ReconnectDelayMax ? delay * 2 : ReconnectDelayMax)
        {
            try
            {
                await _link.ConnectAsync(cancellation);
                _connected.TrySetResult();
                SequencerCore.LogConnected(
                    _dependencies.Logger, _link.Epoch!.Cosigner.ToString(), _link.Epoch.Mode, _link.Epoch.Number);
                return;
            }
            catch (IOException exception)
            {
                SequencerCore.LogEnclaveUnreachable(_dependencies.Logger, exception.Message);
            }

            await Task.Delay(delay, _dependencies.Time, cancellation);
        }
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(SweepInterval, _dependencies.Time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            var now = (ulong)_dependencies.Time.GetUtcNow().ToUnixTimeSeconds();
            while (await _ledger.ForgetKeysAsync(now))
                cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task ReleaseAsync(Chain chain, PendingSubmission pending)
    {
        await pending.Outcome;
        Intake.Release(chain, pending.EntryCount, pending.Bytes);
    }

    private async Task<SubmitOutcome> WaitAsync(PendingSubmission pending, CancellationToken cancellation)
    {
        try
        {
            return await pending.Outcome.WaitAsync(
                TimeSpan.FromSeconds(_options.OutcomeTimeoutSeconds), _dependencies.Time, cancellation);
        }
        catch (TimeoutException)
        {
            return Refuse(
                RefusalCode.OutcomeUnknown,
                $"There was no outcome within {_options.OutcomeTimeoutSeconds} s; the entries may still take "
                + "their places: retry with the same Idempotency-Key.");
        }
    }

    private static SubmitOutcome.Refused Refuse(RefusalCode code, string detail) =>
        new(new Refusal(code, detail) { RetryAfter = TimeSpan.FromSeconds(1) });
}
