using System.Collections.Concurrent;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>The chains of this process: finds them, creates their records and opens them on first use.</summary>
internal sealed class ChainRegistry(
    ILedger ledger, ChainOpener opener, Intake intake, SequencerOptions options, TimeProvider time)
    : IDisposable
{
    private const int OpeningMax = 64;

    private readonly ConcurrentDictionary<ChainId, Chain> _chains = new();
    private readonly SemaphoreSlim _opening = new(OpeningMax);
    private readonly TaskCompletionSource<Exception> _fatal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _numbering = new();
    private uint _lastNumber = ledger.Chains().Select(chain => chain.Number.Value).DefaultIfEmpty().Max();

    /// <summary>Completes with the first error of an opening that the whole engine must answer to.</summary>
    public Task<Exception> Fatal => _fatal.Task;

    public IEnumerable<Chain> All => _chains.Values;

    public int Count => _chains.Count;

    /// <summary>The chain for appending; it need not exist yet.</summary>
    public Chain GetOrAdd(ChainId id) => _chains.GetOrAdd(id, MakeChain);

    /// <summary>The chain for reading; null when it was never created.</summary>
    public Chain? Find(ChainId id) =>
        _chains.TryGetValue(id, out var chain) ? chain : ledger.FindChain(id) is null ? null : GetOrAdd(id);

    /// <summary>Opens a chain unless it is open; the task ends when that was tried.</summary>
    public Task OpenAsync(Chain chain, CancellationToken cancellation)
    {
        if (chain.TryBeginOpening())
            chain.Opening = OpenClaimedAsync(chain, cancellation);
        return chain.Opening;
    }

    /// <summary>Tries again to open chains that have work waiting, after the enclave was reached again.</summary>
    public void OpenWaiting(CancellationToken cancellation)
    {
        foreach (var chain in _chains.Values.Where(chain => chain.Phase == ChainPhase.Closed && chain.Queue.Entries > 0))
            _ = OpenAsync(chain, cancellation);
    }

    /// <summary>Refuses what waits for a stopped chain.</summary>
    public static void RefuseWaiting(Chain chain)
    {
        foreach (var submission in chain.Queue.TakeAll())
        {
            submission.Refuse(
                RefusalCode.ChainStopped, $"Chain '{chain.Id}' is stopped: {chain.StopReason}");
        }
    }

    public void Dispose() => _opening.Dispose();

    private Chain MakeChain(ChainId id) => new(
        id, Origin.For(options.LogPrefix, id),
        options.Chains.GetValueOrDefault(id.Value, options.ChainDefaults), time);

    private async Task OpenClaimedAsync(Chain chain, CancellationToken cancellation)
    {
        // Off the caller's stack: the caller sets chain.Opening before anything can end here.
        await Task.Yield();
        try
        {
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
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The enclave went away; the chain stays closed and is opened again when it is back.
            chain.EndOpening(opened: false);
        }
        catch (LedgerException exception) when (exception.Reason == LedgerError.Corrupt)
        {
            chain.Stop(exception.Message);
        }
        catch (Exception exception)
        {
            chain.EndOpening(opened: false);
            _fatal.TrySetResult(exception);
        }

        if (chain.Phase == ChainPhase.Stopped)
            RefuseWaiting(chain);
    }

    private async Task OpenRecordedAsync(Chain chain, CancellationToken cancellation)
    {
        chain.Record ??= ledger.FindChain(chain.Id) ?? await CreateRecordAsync(chain);
        if (chain.Record is null)
        {
            chain.EndOpening(opened: false);
            RefuseFull(chain);
            return;
        }

        opener.Load(chain);
        await opener.OpenAsync(chain, cancellation);
        chain.EndOpening(opened: true);
        intake.Schedule(chain);
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
        return record;
    }

    private void RefuseFull(Chain chain)
    {
        // Nothing is kept for a chain that may not be: names alone must not take memory.
        _chains.TryRemove(chain.Id, out _);
        foreach (var submission in chain.Queue.TakeAll())
        {
            submission.Refuse(RefusalCode.ChainsFull,
                $"This sequencer holds {options.MaxChains} chains, its limit; new chains are refused.");
        }
    }
}
