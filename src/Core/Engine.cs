namespace Sequencer.Core;

/// <summary>
/// The sequencer over one opening of the ledger. After an uncertain write it is thrown away and a new one
/// is made over the ledger opened anew, which then decides what took effect.
/// </summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly ILedger _ledger;
    private readonly EnclaveLink _link;
    private readonly RideAlong _rideAlong;
    private readonly WitnessCoordinator? _witnesses;
    private readonly ChainLanes _lanes;
    private readonly KeySweep _keys;
    private readonly Committer _committer;
    private readonly Publisher _publisher;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stop;

    public Engine(
        SequencerOptions options, CoreDependencies dependencies, ILedger ledger, WaitingCallers callers)
    {
        (_ledger, _stop) = (ledger, _stopping.Token);
        var assembler = new CheckpointAssembler(dependencies.LogKey);
        _link = new EnclaveLink(ledger, options, dependencies);
        if (dependencies.Witnesses is { } network)
        {
            _witnesses = new WitnessCoordinator(
                network, options, dependencies.Time, dependencies.Logger, dependencies.Metrics);
        }

        _rideAlong = new RideAlong(ledger, _witnesses);
        Intake = new Intake(options);
        var opening = _witnesses is null
            ? null
            : new WitnessedOpening(_witnesses, assembler, dependencies.Time);
        var sealing = new Sealing(_witnesses, assembler, _rideAlong);
        var signer = new ChainSigner(sealing, assembler, _rideAlong);
        var opener = new ChainOpener(ledger, assembler, _rideAlong, opening, sealing, signer, dependencies.Logger);
        _lanes = new ChainLanes(_link, opener, signer, dependencies.Time, dependencies.Metrics);
        Chains = new ChainRegistry(
            ledger, _link, opener, Intake, _witnesses, options, dependencies.Time, dependencies.Published,
            dependencies.Logger);
        _keys = new KeySweep(ledger, dependencies.Time, dependencies.Logger);
        _committer = new Committer(
            new RoundGatherer(Intake, ledger, options, dependencies.Time), _rideAlong, options,
            dependencies.Time, dependencies.Metrics);
        _publisher = new Publisher(
            _committer.Committed, Intake, _link, opener, _lanes, assembler, _rideAlong, options,
            dependencies.Time, dependencies.Metrics);
        Submitter = new Submitter(
            Intake, Chains, new WitnessFinality(options, dependencies.Time, _stop), callers, _stop);
        Reader = new ChainReader(ledger, Chains, _link, assembler, _stop);
    }

    public Intake Intake { get; }

    public ChainRegistry Chains { get; }

    public Submitter Submitter { get; }

    public ChainReader Reader { get; }

    /// <summary>The epoch that signs; null before the enclave was reached.</summary>
    public EnclaveEpoch? Epoch => _link.Connection?.Epoch;

    /// <summary>Whether the enclave can be asked now.</summary>
    public bool IsConnected => _link.Connection is { IsOpen: true };

    /// <inheritdoc cref="EnclaveLink.Reached"/>
    public Task<bool> Reached => _link.Reached;

    /// <summary>Runs until the intake is completed and everything in it has its outcome.</summary>
    /// <exception cref="LedgerException">When the ledger must be opened anew.</exception>
    /// <exception cref="EnclaveFencedException">When a newer gateway took over.</exception>
    public async Task RunAsync()
    {
        var committing = _committer.RunAsync(_stop);
        var publishing = _publisher.RunAsync(_stop);
        List<Task> beside =
        [
            _link.KeepConnectedAsync(_stop), _keys.RunAsync(_stop), Chains.WatchAsync(_stop),
            _lanes.WatchAsync(_stop),
        ];
        if (_witnesses is not null)
            beside.Add(_witnesses.RunAsync(_rideAlong, _stop));
        try
        {
            await Stages.WaitAsync(committing, publishing, beside);
            // What a lane published last may have had nothing to ride along with.
            await _rideAlong.WriteAsync(new LedgerBatch(), sync: false);
        }
        finally
        {
            _stopping.Cancel();
            await Task.WhenAll([committing, publishing, .. beside]).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
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
            round.Abandon(detail);
        Submitter.AbandonQueues(new Refusal(code, detail));
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
}
