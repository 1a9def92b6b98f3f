using System.Buffers;
using System.Runtime.CompilerServices;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// The in-process sequencer: takes submissions, makes them durable, has the enclave give and sign their
/// order, and hands out receipts. Safe for concurrent use.
/// </summary>
public sealed partial class SequencerCore : IAsyncDisposable
{
    /// <summary>How often a stop looks whether everybody has an outcome.</summary>
    internal static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan ReopenDelayMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ReopenDelayMax = TimeSpan.FromSeconds(10);

    private readonly SequencerOptions _options;
    private readonly CoreDependencies _dependencies;
    private readonly CancellationTokenSource _stopped = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _stating = new();
    private readonly WaitingCallers _callers;
    private readonly ReaderThreads _readers;
    private readonly Task _running;
    private volatile Engine? _engine;
    private volatile string? _reason;
    private volatile SequencerState _state = SequencerState.Starting;

    private SequencerCore(SequencerOptions options, CoreDependencies dependencies, ILedger ledger)
    {
        (_options, _dependencies) = (options, dependencies);
        _callers = new WaitingCallers(dependencies.Time, options.OutcomeTimeoutSeconds);
        _readers = ReaderThreads.OfThisProcess(dependencies.Time);
        _engine = new Engine(options, dependencies, ledger, _callers);
        dependencies.Metrics.Observe(() => Status);
        _running = RunAsync(_engine);
    }

    /// <summary>Ends when the sequencer has stopped; faults when it stopped by itself.</summary>
    public Task Completion => _running;

    /// <summary>A snapshot of where the service stands.</summary>
    public SequencerStatus Status
    {
        get
        {
            var engine = _engine;
            var epoch = engine?.Epoch;
            return new SequencerStatus
            {
                State = _state == SequencerState.Ready && engine is not { IsConnected: true }
                    ? SequencerState.Recovering
                    : _state,
                Reason = _reason,
                Mode = epoch?.Mode,
                CosignerKey = epoch?.Cosigner.ToString(),
                StoppedChains = engine?.Chains.All.Where(chain => chain.Phase == ChainPhase.Stopped)
                    .ToDictionary(chain => chain.Id.Value, chain => chain.StopReason ?? "") ?? [],
                QueueEntries = engine?.Intake.Entries ?? 0,
                QueueBytes = engine?.Intake.Bytes ?? 0,
                Chains = engine?.Chains.Count ?? 0,
                CheckpointAge = AgeOfNewest(engine, static chain => chain.Latest),
                WitnessedAge = AgeOfNewest(engine, static chain => chain.Witnessing?.Witnessed),
            };
        }
    }

    /// <summary>Opens the ledger and begins to reach the enclave.</summary>
    /// <exception cref="LedgerException">When the ledger cannot be opened.</exception>
    /// <exception cref="EnclaveFencedException">When this gateway was fenced earlier.</exception>
    public static async Task<SequencerCore> StartAsync(
        SequencerOptions options, CoreDependencies dependencies, CancellationToken cancellation)
    {
        Origin.CheckPrefix(options.LogPrefix);
        var ledger = await dependencies.Ledger.OpenAsync(cancellation);
        try
        {
            await TakeRoleAsync(ledger, options, dependencies.Time);
            return new SequencerCore(options, dependencies, ledger);
        }
        catch
        {
            await ledger.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when transactions can be taken.</summary>
    public async Task WhenReadyAsync(CancellationToken cancellation)
    {
        await await Task.WhenAny(_ready.Task, _running).WaitAsync(cancellation);
    }

    /// <summary>Submits transactions and waits for their outcome.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SubmitOutcome> SubmitAsync(Submission submission, CancellationToken cancellation)
    {
        var outcome = await SubmitToEngineAsync(submission, cancellation);
        if (outcome is SubmitOutcome.Refused refused)
            _dependencies.Metrics.Refused(refused.Refusal.Code);
        return outcome;
    }

    /// <summary>An entry with its receipt against the newest checkpoint; null when there is none.</summary>
    public ValueTask<EntryReading?> ReadEntryAsync(
        ChainId chain, ulong index, CancellationToken cancellation) =>
        ReadAsync(chain, (engine, found) => engine.Reader.Read(found, index), cancellation);

    /// <summary>The newest signed checkpoint (UTF-8); null when the chain is unknown.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(
        ChainId chain, CancellationToken cancellation) =>
        (await ReadAsync(chain, static (engine, found) => engine.Reader.LatestOf(found), cancellation))?.Note;

    /// <summary>
    /// The newest checkpoint that has its quorum of witnesses (UTF-8); null when there is none yet, or the
    /// chain is unknown.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadWitnessedCheckpointAsync(
        ChainId chain, CancellationToken cancellation) =>
        (await ReadAsync(chain, static (_, found) => found.Witnessing?.Witnessed, cancellation))?.Note;

    /// <summary>A tile as tlog-tiles serves it; null when it does not exist at the newest checkpoint.</summary>
    public ValueTask<byte[]?> ReadTileAsync(ChainId chain, TileId tile, CancellationToken cancellation) =>
        ReadAsync(
            chain,
            (_, found) => tile.ExistsAt(found.Latest!.Size) ? found.Tree!.ReadTile(tile) : null,
            cancellation);

    /// <summary>Writes an entry bundle as tlog-tiles serves it; false when it does not exist at the newest
    /// checkpoint.</summary>
    public async ValueTask<bool> WriteBundleAsync(
        ChainId chain, EntryBundlePath bundle, IBufferWriter<byte> output, CancellationToken cancellation) =>
        await ReadAsync(
            chain,
            (engine, found) => engine.Reader.WriteBundle(found, bundle, _readers.AreMany, output) ? found : null,
            cancellation, ReaderThreads.BundleFromMemory)
        is not null;

    /// <summary>Every epoch that signed the chain; null when the chain is unknown.</summary>
    public ValueTask<ServedEpochs?> ReadEpochsAsync(ChainId chain, CancellationToken cancellation) =>
        ReadAsync(chain, static (engine, found) => engine.Reader.ReadEpochs(found), cancellation);

    /// <summary>An attestation document: fresh for a nonce, else the one that is kept ready.</summary>
    /// <exception cref="IOException">When the enclave cannot be reached.</exception>
    public Task<byte[]> AttestAsync(ReadOnlyMemory<byte>? nonce, CancellationToken cancellation) =>
        _engine?.AttestAsync(nonce, cancellation)
        ?? throw new IOException("The ledger is being opened again.");

    /// <summary>
    /// Stops: takes no more, finishes what was accepted, with its quorum of witnesses where one is waited for, until
    /// the token says that it takes too long, and refuses the rest.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        Enter(SequencerState.Stopping, "The sequencer is stopping.");
        try
        {
            while (_engine is { Submitter.HasCallers: true } && !_running.IsCompleted)
                await Task.Delay(DrainPoll, _dependencies.Time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Too long: what is left is refused as the engine ends.
            _engine?.StopNow();
        }

        _stopped.Cancel();
        _engine?.Intake.Complete();
        await _running.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_running.IsCompleted)
            await StopAsync(new CancellationToken(canceled: true));
        _callers.Dispose();
        _readers.Dispose();
    }

    private ValueTask<SubmitOutcome> SubmitToEngineAsync(
        Submission submission, CancellationToken cancellation)
    {
        if (_state is SequencerState.Stopping or SequencerState.Stopped or SequencerState.Fenced)
            return Unavailable(RefusalCode.Stopping, "This sequencer is stopping.");
        if (_engine is not { } engine)
            return Unavailable(RefusalCode.LedgerUnavailable, $"The ledger is being opened again: {_reason}");
        if (engine.Intake.CheckForm(submission, out var bytes) is { } malformed)
            return new(new SubmitOutcome.Refused(malformed));
        return engine.IsConnected
            ? engine.Submitter.SubmitAsync(submission, bytes, cancellation)
            : Unavailable(RefusalCode.EnclaveUnavailable, "The enclave cannot be reached at the moment.");
    }

    private async ValueTask<T?> ReadAsync<T>(
        ChainId id, Func<Engine, Chain, T?> read, CancellationToken cancellation, TimeSpan? fromMemory = null)
        where T : class
    {
        var engine = _engine ?? throw new LedgerException(
            LedgerError.Unavailable, $"The ledger is being opened again: {_reason}");
        if (await engine.Reader.FindAsync(id, cancellation) is not { } chain)
            return null;
        var began = _readers.Begin();
        var found = read(engine, chain);
        _readers.End(began, fromMemory ?? ReaderThreads.EntryFromMemory);
        return found;
    }

    private async Task RunAsync(Engine first)
    {
        await Task.Yield();
        try
        {
            for (var engine = first; ; engine = await ReopenAsync())
            {
                if (await RunOnceAsync(engine) is not { } failure)
                    break;
                LogLedgerFailed(_dependencies.Logger, failure.Message);
                await EndAsync(engine, SequencerState.Recovering, failure.Message);
            }
        }
        catch (OperationCanceledException) when (_state == SequencerState.Stopping)
        {
            // Asked to stop, at once or while the ledger was being opened again.
            await EndAsync(_engine, SequencerState.Stopped, "The sequencer has stopped.");
        }
        catch (Exception exception)
        {
            var state = exception is EnclaveFencedException ? SequencerState.Fenced : SequencerState.Stopped;
            await EndAsync(_engine, state, exception.Message);
            throw;
        }
    }

    /// <summary>Runs an engine until it was asked to stop.</summary>
    /// <returns>Null then; else why the ledger must be opened anew.</returns>
    private async Task<LedgerException?> RunOnceAsync(Engine engine)
    {
        var ready = MarkReadyAsync(engine);
        // Whoever asked to stop while the ledger was being opened found no engine to tell.
        await using var stop = _stopped.Token.UnsafeRegister(
            static intake => ((Intake)intake!).Complete(), engine.Intake);
        try
        {
            await engine.RunAsync();
            await EndAsync(engine, SequencerState.Stopped, "The sequencer has stopped.");
            return null;
        }
        catch (LedgerException exception) when (!_stopped.IsCancellationRequested)
        {
            return exception;
        }
        catch (EnclaveFencedException exception)
        {
            LogFenced(_dependencies.Logger, exception.Message);
            await MarkFencedAsync(engine, exception.Message);
            throw;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogStopped(_dependencies.Logger, exception.Message, exception);
            throw;
        }
        finally
        {
            await ready;
        }
    }

    private async Task MarkReadyAsync(Engine engine)
    {
        if (!await engine.Connected)
            return;
        Enter(SequencerState.Ready, reason: null);
        _ready.TrySetResult();
    }

    private async Task MarkFencedAsync(Engine engine, string reason)
    {
        try
        {
            await engine.MarkFencedAsync(reason);
        }
        catch (LedgerException exception)
        {
            // Started again, this gateway offers an older generation and is refused once more.
            LogLedgerFailed(_dependencies.Logger, exception.Message);
        }
    }

    /// <summary>What stops or has stopped does not become ready again.</summary>
    private void Enter(SequencerState state, string? reason)
    {
        lock (_stating)
        {
            if (_state is SequencerState.Stopped or SequencerState.Fenced
                || (_state == SequencerState.Stopping && state is SequencerState.Ready or SequencerState.Recovering))
            {
                return;
            }

            (_state, _reason) = (state, reason);
        }
    }

    private async Task EndAsync(Engine? engine, SequencerState state, string reason)
    {
        _engine = null;
        Enter(state, reason);
        if (engine is null)
            return;
        engine.AbandonAll(
            state == SequencerState.Recovering ? RefusalCode.LedgerUnavailable : RefusalCode.Stopping, reason);
        await engine.DisposeAsync();
    }

    /// <summary>What the failed write left is found by opening the ledger again, never by writing again.</summary>
    /// <exception cref="LedgerException">When it is damaged, or another one: time does not heal that.</exception>
    private async Task<Engine> ReopenAsync()
    {
        for (var delay = ReopenDelayMin; ; delay = delay * 2 < ReopenDelayMax ? delay * 2 : ReopenDelayMax)
        {
            await Task.Delay(delay, _dependencies.Time, _stopped.Token);
            try
            {
                return _engine = await OpenEngineAsync();
            }
            catch (LedgerException exception)
                when (exception.Reason is not (LedgerError.Corrupt or LedgerError.Foreign))
            {
                Enter(SequencerState.Recovering, exception.Message);
                LogLedgerNotReopened(_dependencies.Logger, exception.Message);
            }
        }
    }

    private async Task<Engine> OpenEngineAsync()
    {
        var ledger = await _dependencies.Ledger.OpenAsync(_stopped.Token);
        try
        {
            return new Engine(_options, _dependencies, ledger, _callers);
        }
        catch
        {
            // Left open, it would keep itself from being opened again.
            await ledger.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Takes the role from another gateway, if that is wanted. Once, at the start: a gateway that reconnects later must
    /// not take it back from a newer one.
    /// </summary>
    private static async Task TakeRoleAsync(ILedger ledger, SequencerOptions options, TimeProvider time)
    {
        if (!options.TakeOver)
        {
            if (ledger.Fence is { } fence)
            {
                throw new EnclaveFencedException(
                    $"This gateway was fenced and does not come back by itself: {fence} Make sure that the other "
                    + "gateway is stopped, then start once with --take-over.");
            }

            return;
        }

        if (ledger.Fence is not null)
            await ledger.WriteAsync(new LedgerBatch { Fence = "" }, sync: true);
        var generation = Math.Max(ledger.Generation, (ulong)time.GetUtcNow().ToUnixTimeMilliseconds());
        await ledger.WriteAsync(new LedgerBatch { Generation = generation }, sync: true);
    }

    private TimeSpan? AgeOfNewest(Engine? engine, Func<Chain, SignedCheckpoint?> checkpointOf)
    {
        var newest = engine?.Chains.All.Select(chain => checkpointOf(chain)?.Time ?? 0).DefaultIfEmpty().Max() ?? 0;
        return newest == 0
            ? null
            : _dependencies.Time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((long)newest);
    }

    private static ValueTask<SubmitOutcome> Unavailable(RefusalCode code, string detail) =>
        new(new SubmitOutcome.Refused(new Refusal(code, detail) { RetryAfter = TimeSpan.FromSeconds(1) }));
}
