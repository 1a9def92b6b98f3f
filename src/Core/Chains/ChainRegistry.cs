using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>The chains of this process: finds them, creates their records and opens them on first use.</summary>
internal sealed class ChainRegistry(
    ILedger ledger, EnclaveLink link, ChainOpener opener, Intake intake, WitnessCoordinator? witnesses,
    SequencerOptions options, TimeProvider time, PublishedCheckpoints published, ILogger logger) : IDisposable
{
    private const int OpeningMax = 64;

    // Openings that wait for witnesses do little else, and for seconds.
    private const int WitnessedOpeningMax = 512;

    private readonly ConcurrentDictionary<ChainId, Chain> _chains = new();
    private readonly SemaphoreSlim _opening = new(witnesses is null ? OpeningMax : WitnessedOpeningMax);
    private readonly TaskCompletionSource _failed = Signal.New();
    private readonly Lock _claiming = new();
    private readonly Lock _numbering = new();
    private uint _lastNumber = ledger.Chains().Select(chain => chain.Number.Value).DefaultIfEmpty().Max();

    public IEnumerable<Chain> All => _chains.Values;

    public int Count => _chains.Count;

    /// <summary>The chain for appending, if anything was admitted to it or read from it here.</summary>
    public Chain? FindKnown(ChainId id) => _chains.GetValueOrDefault(id);

    /// <summary>A chain that need not exist, and is not known here before it is added.</summary>
    public Chain Make(ChainId id)
    {
        var origin = Origin.For(options.LogPrefix, id);
        return new Chain(id, origin, options.Chains.GetValueOrDefault(id.Value, options.ChainDefaults), time)
        {
            Published = published,
            Logger = logger,
            Witnessing = witnesses?.Begin(origin),
        };
    }

    /// <summary>Makes a chain known; false when another of its name is.</summary>
    public bool TryAdd(Chain chain) => _chains.TryAdd(chain.Id, chain);

    /// <summary>The chain for reading; null when it was never created.</summary>
    public Chain? Find(ChainId id) =>
        FindKnown(id) ?? (ledger.FindChain(id) is null ? null : _chains.GetOrAdd(id, Make));

    /// <summary>Opens a chain unless it is open; the task ends when that was tried.</summary>
    public Task OpenAsync(Chain chain, CancellationToken cancellation)
    {
        // Together: who finds the opening claimed must be given that one, and not the one before it.
        lock (_claiming)
        {
            if (chain.TryBeginOpening())
            {
                chain.Loading = LoadAsync(chain);
                chain.Opening = OpenClaimedAsync(chain, cancellation);
            }

            return chain.Opening;
        }
    }

    /// <summary>Faults with the first error of an opening that the whole engine must answer to.</summary>
    public Task WatchAsync(CancellationToken cancellation) => _failed.WaitAsync(cancellation);

    /// <summary>Refuses what waits for a stopped chain.</summary>
    public static void RefuseWaiting(Chain chain)
    {
        foreach (var submission in chain.Queue.TakeAll())
            submission.Refuse(chain.WhyStopped);
    }

    public void Dispose() => _opening.Dispose();

    /// <summary>Loads what the ledger has, which needs no turn among those that wait for the enclave: readers wait for
    /// this alone.</summary>
    private async Task LoadAsync(Chain chain)
    {
        // Off the caller's stack, as the opening.
        await Task.Yield();
        chain.Record ??= FindRecord(chain) ?? await CreateRecordAsync(chain);
        // Loaded once: what was published since may be ahead of the ledger and must not be taken back.
        if (chain.Record is not null && chain.Tree is null)
            ChainLoader.Load(chain, ledger);
    }

    /// <summary>
    /// The record of a chain that exists; tells where it has kept another rule than is configured now.
    /// </summary>
    private ChainRecord? FindRecord(Chain chain)
    {
        var record = ledger.FindChain(chain.Id);
        if (record is not null && record.Unique != chain.Limits.Unique)
            SequencerCore.LogUniqueIsFixed(logger, chain.Id.Value, chain.Limits.Unique, record.Unique);
        return record;
    }

    private async Task OpenClaimedAsync(Chain chain, CancellationToken cancellation)
    {
        // Off the caller's stack: the caller sets chain.Opening before anything can end here.
        await Task.Yield();
        try
        {
            await chain.Loading;
            await _opening.WaitAsync(cancellation);
            try
            {
                await OpenRecordedAsync(chain, cancellation);
            }
            finally
            {
                _opening.Release();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            chain.EndOpening(opened: false);
        }
        catch (IOException)
        {
            // The enclave went away. What waits for the chain must not wait for another caller to come.
            chain.EndOpening(opened: false);
            if (chain.Queue.Room.Taken.Entries > 0)
                _ = OpenAgainAsync(chain, cancellation);
        }
        catch (ChainHeldException exception)
        {
            chain.EndOpening(opened: false);
            // The next caller has it tried again.
            foreach (var submission in chain.Queue.TakeAll())
                submission.Refuse(exception.Why);
        }
        catch (LedgerException exception) when (exception.Reason == LedgerError.Corrupt)
        {
            chain.Stop(exception.Message);
        }
        catch (Exception exception)
        {
            chain.EndOpening(opened: false);
            _failed.TrySetException(exception);
        }

        if (chain.Phase == ChainPhase.Stopped)
            RefuseWaiting(chain);
    }

    private async Task OpenAgainAsync(Chain chain, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Publisher.RetryDelay, time, cancellation);
            await link.WhenConnectedAsync(cancellation);
            await OpenAsync(chain, cancellation);
            if (chain.Phase == ChainPhase.Stopped)
                RefuseWaiting(chain);
        }
        catch (OperationCanceledException)
        {
            // The engine ends, and with it whatever waits for the chain is abandoned.
        }
    }

    private async Task OpenRecordedAsync(Chain chain, CancellationToken cancellation)
    {
        if (chain.Record is null)
        {
            chain.EndOpening(opened: false);
            RefuseFull(chain);
            return;
        }

        var enclave = link.Connection ?? throw new IOException("The enclave has not been reached yet.");
        await opener.OpenAsync(chain, enclave, cancellation);
        chain.EndOpening(opened: true);
        intake.Schedule(chain);
        witnesses?.News(chain);
    }

    private async Task<ChainRecord?> CreateRecordAsync(Chain chain)
    {
        ChainRecord record;
        lock (_numbering)
        {
            if (_lastNumber >= options.MaxChains)
                return null;
            record = new ChainRecord(chain.Id, new ChainNumber(++_lastNumber), chain.Limits.Unique);
        }

        var batch = new LedgerBatch();
        batch.Chains.Add(record);
        await ledger.WriteAsync(batch, sync: true);
        // Opening takes longer than the ledger's thread may be held up.
        await Task.Yield();
        return record;
    }

    private void RefuseFull(Chain chain)
    {
        // Nothing is kept for a chain that may not be: names alone must not take memory.
        _chains.TryRemove(chain.Id, out _);
        foreach (var submission in chain.Queue.TakeAll())
        {
            submission.Refuse(new Refusal(RefusalCode.ChainsFull,
                $"This sequencer holds {options.MaxChains} chains, its limit; new chains are refused."));
        }
    }
}
