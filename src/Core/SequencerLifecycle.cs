namespace Sequencer.Core;

/// <summary>
/// The life of a sequencer: one engine after the other, each over its own opening of the ledger, and where
/// the service stands meanwhile. It starts as it is made. Safe for concurrent use.
/// </summary>
internal sealed class SequencerLifecycle : IAsyncDisposable
{
    /// <summary>How often a stop looks whether everybody has an outcome.</summary>
    public static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan ReopenDelayMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ReopenDelayMax = TimeSpan.FromSeconds(10);

    private readonly SequencerOptions _options;
    private readonly CoreDependencies _dependencies;
    private readonly WaitingCallers _callers;
    private readonly CancellationTokenSource _stopped = new();
    private readonly TaskCompletionSource _ready = Signal.New();
    private readonly Lock _stating = new();
    private readonly Task _running;
    private volatile Engine? _engine;
    private volatile string? _reason;
    private volatile SequencerState _state = SequencerState.Starting;

    /// <param name="options">The settings.</param>
    /// <param name="dependencies">What the engines are built on.</param>
    /// <param name="ledger">The first opening of the ledger; the first engine disposes of it.</param>
    /// <param name="callers">Those who wait for an outcome, whichever engine gives it.</param>
    public SequencerLifecycle(
        SequencerOptions options, CoreDependencies dependencies, ILedger ledger, WaitingCallers callers)
    {
        (_options, _dependencies, _callers) = (options, dependencies, callers);
        _engine = new Engine(options, dependencies, ledger, callers);
        _running = RunAsync(_engine);
    }

    /// <summary>The engine that runs; null while the ledger is opened again, and once all has
    /// ended.</summary>
    public Engine? Engine => _engine;

    /// <summary>Where the service stands; that the enclave is away for a moment does not show here.</summary>
    public SequencerState State => _state;

    /// <summary>Why it is not ready, or null.</summary>
    public string? Reason => _reason;

    /// <summary>Ends when the sequencer has stopped; faults when it stopped by itself.</summary>
    public Task Completion => _running;

    /// <summary>Completes when transactions can be taken; faults if that will never be.</summary>
    public async Task WhenReadyAsync(CancellationToken cancellation) =>
        await await Task.WhenAny(_ready.Task, _running).WaitAsync(cancellation);

    /// <summary>
    /// Stops: takes no more, finishes what was accepted, with its quorum of witnesses where one is waited
    /// for, until the token says that it takes too long, and refuses the rest.
    /// </summary>
    /// <returns>Entries that had no outcome when it took too long, 0 when it did not: those of them that are
    /// durable take their places when their chain is opened next.</returns>
    public async Task<int> StopAsync(CancellationToken cancellation)
    {
        var unfinished = 0;
        Enter(SequencerState.Stopping, "The sequencer is stopping.");
        try
        {
            while (_engine is { Submitter.HasCallers: true } && !_running.IsCompleted)
                await Task.Delay(DrainPoll, _dependencies.Time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Too long: what is left is refused as the engine ends.
            unfinished = _engine?.Intake.Waiting.Entries ?? 0;
            _engine?.StopNow();
        }

        _stopped.Cancel();
        _engine?.Intake.Complete();
        await _running.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return unfinished;
    }

    /// <summary>Stops at once, unless it has stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_running.IsCompleted)
            await StopAsync(new CancellationToken(canceled: true));
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
                SequencerCore.LogLedgerFailed(_dependencies.Logger, failure.Message);
                await EndAsync(engine, SequencerState.Recovering, failure.Message);
            }
        }
        catch (OperationCanceledException) when (_state == SequencerState.Stopping)
        {
            // Asked to stop, at once or while the ledger was being opened again.
            await EndAsync(_engine, SequencerState.Stopped, "The sequencer has stopped.");
        }
        catch (EnclaveFencedException exception)
        {
            await EndAsync(_engine, SequencerState.Fenced, exception.Message);
            throw;
        }
        catch (Exception exception)
        {
            SequencerCore.LogStopped(_dependencies.Logger, exception.Message, exception);
            await EndAsync(_engine, SequencerState.Stopped, exception.Message);
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
            SequencerCore.LogFenced(_dependencies.Logger, exception.Reason);
            await MarkFencedAsync(engine, exception.Reason);
            throw;
        }
        finally
        {
            await ready;
        }
    }

    private async Task MarkReadyAsync(Engine engine)
    {
        if (!await engine.Reached)
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
            SequencerCore.LogLedgerFailed(_dependencies.Logger, exception.Message);
        }
    }

    /// <summary>What stops or has stopped does not become ready again.</summary>
    private void Enter(SequencerState state, string? reason)
    {
        lock (_stating)
        {
            if (_state is SequencerState.Stopped or SequencerState.Fenced
                || (_state == SequencerState.Stopping
                    && state is (SequencerState.Ready or SequencerState.Recovering)))
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

    /// <summary>What the failed write left is found by opening the ledger again, never by writing
    /// again.</summary>
    /// <exception cref="LedgerException">When it is damaged, or another one: time does not heal
    /// that.</exception>
    private async Task<Engine> ReopenAsync()
    {
        var pauses = new Backoff(ReopenDelayMin, ReopenDelayMax);
        var outage = new Outage(_dependencies.Time);
        while (true)
        {
            await Task.Delay(pauses.Next(), _dependencies.Time, _stopped.Token);
            try
            {
                return _engine = await OpenEngineAsync();
            }
            catch (LedgerException exception)
                when (exception.Reason is not (LedgerError.Corrupt or LedgerError.Foreign))
            {
                Enter(SequencerState.Recovering, exception.Message);
                if (outage.IsNews(exception.Message))
                    SequencerCore.LogLedgerNotReopened(_dependencies.Logger, outage.Seconds, exception.Message);
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
}
