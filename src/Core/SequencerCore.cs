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
    private readonly CoreDependencies _dependencies;
    private readonly WaitingCallers _callers;
    private readonly DiskWaits _diskWaits;
    private readonly SequencerLifecycle _life;

    private SequencerCore(SequencerOptions options, CoreDependencies dependencies, ILedger ledger)
    {
        _dependencies = dependencies;
        _callers = new WaitingCallers(dependencies.Time, options.OutcomeTimeoutSeconds);
        _diskWaits = new DiskWaits(dependencies.Time, dependencies.SetExtraThreads);
        _life = new SequencerLifecycle(options, dependencies, ledger, _callers);
        dependencies.Metrics.Observe(() => Status);
    }

    /// <inheritdoc cref="SequencerLifecycle.Completion"/>
    public Task Completion => _life.Completion;

    /// <summary>Tells when there is more to read.</summary>
    public PublishedCheckpoints Published => _dependencies.Published;

    /// <summary>A snapshot of where the service stands.</summary>
    public SequencerStatus Status
    {
        get
        {
            var engine = _life.Engine;
            var epoch = engine?.Epoch;
            var state = _life.State;
            var waiting = engine?.Intake.Waiting ?? default;
            return new SequencerStatus
            {
                State = state == SequencerState.Ready && engine is not { IsConnected: true }
                    ? SequencerState.Recovering
                    : state,
                Reason = _life.Reason,
                Mode = epoch?.Mode,
                CosignerKey = epoch?.Cosigner.ToString(),
                StoppedChains = engine?.Chains.All.Where(chain => chain.Phase == ChainPhase.Stopped)
                    .ToDictionary(chain => chain.Id.Value, chain => chain.StopReason ?? "") ?? [],
                QueueEntries = waiting.Entries,
                QueueBytes = waiting.Bytes,
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
            await WriteRoleClaim.TakeAsync(ledger, options, dependencies.Time);
            return new SequencerCore(options, dependencies, ledger);
        }
        catch
        {
            await ledger.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when transactions can be taken.</summary>
    public Task WhenReadyAsync(CancellationToken cancellation) => _life.WhenReadyAsync(cancellation);

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
            (engine, found) =>
                engine.Reader.WriteBundle(found, bundle, _diskWaits.AreMany, output) ? found : null,
            cancellation, DiskWaits.BundleFromMemory)
        is not null;

    /// <summary>Every epoch that signed the chain; null when the chain is unknown.</summary>
    public ValueTask<ServedEpochs?> ReadEpochsAsync(ChainId chain, CancellationToken cancellation) =>
        ReadAsync(chain, static (engine, found) => engine.Reader.ReadEpochs(found), cancellation);

    /// <summary>The newest checkpoint of a finality; null when there is none yet, or the chain is unknown.
    /// </summary>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<FeedCheckpoint?> FindNewestAsync(
        ChainId chain, Finality finality, CancellationToken cancellation) =>
        await ReadAsync(chain, (_, found) => FeedReading.Newest(found, finality), cancellation);

    /// <summary>
    /// The entries from <paramref name="first"/> on, up to the newest checkpoint of a finality, in the order
    /// of the chain; null when there is none yet, or the chain is unknown.
    /// </summary>
    /// <param name="first">Index of the first entry.</param>
    /// <param name="bytesMax">Where to stop, in bytes of entries; one entry is read in any case.</param>
    /// <param name="finality">Whose signatures must cover the entries.</param>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<FeedSlice?> ReadSliceAsync(
        ChainId chain, ulong first, int bytesMax, Finality finality, CancellationToken cancellation) =>
        await ReadAsync(
            chain, (engine, found) => engine.Reader.ReadSlice(found, first, bytesMax, finality),
            cancellation);

    /// <summary>
    /// Proves to who has the first <paramref name="size"/> entries that the newest checkpoint of a finality
    /// covers them; null when it does not yet, or the chain is unknown.
    /// </summary>
    /// <exception cref="LedgerException">When the ledger cannot be read.</exception>
    public async ValueTask<FeedProof?> ProveSliceAsync(
        ChainId chain, ulong size, Finality finality, CancellationToken cancellation) =>
        await ReadAsync(chain, (_, found) => FeedReading.Prove(found, size, finality), cancellation);

    /// <summary>An attestation document: fresh for a nonce, else the one that is kept ready.</summary>
    /// <exception cref="IOException">When the enclave cannot be reached.</exception>
    public Task<byte[]> AttestAsync(ReadOnlyMemory<byte>? nonce, CancellationToken cancellation) =>
        _life.Engine?.AttestAsync(nonce, cancellation)
        ?? throw new IOException("The ledger is being opened again.");

    /// <summary>
    /// Stops: takes no more, finishes what was accepted, with its quorum of witnesses where one is waited for, until
    /// the token says that it takes too long, and refuses the rest.
    /// </summary>
    /// <returns>Entries that had no outcome when it took too long, 0 when it did not: those of them that are
    /// durable take their places when their chain is opened next.</returns>
    public Task<int> StopAsync(CancellationToken cancellation) => _life.StopAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _life.DisposeAsync();
        _callers.Dispose();
        _diskWaits.Dispose();
    }

    private ValueTask<SubmitOutcome> SubmitToEngineAsync(
        Submission submission, CancellationToken cancellation)
    {
        if (_life.State is SequencerState.Stopping or SequencerState.Stopped or SequencerState.Fenced)
            return Unavailable(RefusalCode.Stopping, "This sequencer is stopping.");
        if (_life.Engine is not { } engine)
        {
            return Unavailable(
                RefusalCode.LedgerUnavailable, $"The ledger is being opened again: {_life.Reason}");
        }

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
        var engine = _life.Engine ?? throw new LedgerException(
            LedgerError.Unavailable, $"The ledger is being opened again: {_life.Reason}");
        if (await engine.Reader.FindAsync(id, cancellation) is not { } chain)
            return null;
        var began = _diskWaits.Begin();
        try
        {
            var found = read(engine, chain);
            _diskWaits.End(began, fromMemory ?? DiskWaits.EntryFromMemory);
            return found;
        }
        catch (LedgerException failure)
        {
            chain.StopIfDamaged(failure);
            throw;
        }
    }

    private TimeSpan? AgeOfNewest(Engine? engine, Func<Chain, SignedCheckpoint?> checkpointOf)
    {
        var newest = engine?.Chains.All.Select(chain => checkpointOf(chain)?.Time ?? 0).DefaultIfEmpty().Max() ?? 0;
        return newest == 0
            ? null
            : _dependencies.Time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((long)newest);
    }

    private static ValueTask<SubmitOutcome> Unavailable(RefusalCode code, string detail) =>
        new(new SubmitOutcome.Refused(Refusal.Soon(code, detail)));
}
