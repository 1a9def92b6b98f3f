using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Sim;

/// <summary>
/// The disk under a ledger. What was written without a sync, or is being written, may or may not outlive a
/// crash: a random prefix of it does. A write may fail, having taken effect or not.
/// </summary>
internal sealed class SimDisk(SimScheduler scheduler, PlantedBug bug)
{
    private readonly List<LedgerBatch> _durable = [];
    private readonly List<LedgerBatch> _cached = [];
    private object? _holder;

    public SimScheduler Scheduler { get; } = scheduler;

    public PlantedBug Bug { get; } = bug;

    /// <summary>How likely a write fails.</summary>
    public double WriteFailure { get; set; }

    /// <summary>A single write that fails; null for none.</summary>
    public SimFault? Fault { get; set; }

    /// <summary>How likely opening fails.</summary>
    public double OpenFailure { get; set; }

    /// <summary>Whether a batch that outlives every crash matches.</summary>
    public bool IsDurable(Func<LedgerBatch, bool> match) => _durable.Exists(batch => match(batch));

    /// <summary>Keys of the epochs that are known for good to have taken up a chain: what a gateway shows of them.
    /// </summary>
    public IEnumerable<VerifierKey> EpochKeysOf(string origin)
    {
        var numbers = _durable.SelectMany(batch => batch.Chains)
            .Where(chain => Origin.For(SimEnclave.LogPrefix, chain.Id) == origin)
            .Select(chain => chain.Number).ToHashSet();
        var epochs = _durable.SelectMany(batch => batch.ChainEpochs)
            .Where(part => numbers.Contains(part.Chain)).Select(part => part.Epoch).ToHashSet();
        return _durable.SelectMany(batch => batch.Epochs)
            .Where(epoch => epochs.Contains(epoch.Number)).Select(epoch => VerifierKey.Parse(epoch.CosignerKey));
    }

    public ILedgerSource SourceFor(SimProcess gateway) => new Source(this, gateway);

    /// <summary>A batch has reached the system's cache; with sync, the disk.</summary>
    public void Written(LedgerBatch batch, bool sync)
    {
        _cached.Add(batch);
        if (!sync || Bug == PlantedBug.AcknowledgesBeforeSync)
            return;
        _durable.AddRange(_cached);
        _cached.Clear();
    }

    /// <summary>The process that held the ledger died, perhaps with the machine.</summary>
    public void Crash(IEnumerable<LedgerBatch> underWay, bool power)
    {
        _holder = null;
        // A killed process leaves the system's cache behind; what it was writing got there in part.
        _cached.AddRange(Prefix([.. underWay]));
        if (power)
            Keep(Prefix(_cached));
        if (Bug == PlantedBug.ReordersTail)
            ReorderTail();
    }

    /// <summary>Whether this write is to fail, and if that is decided, whether it takes effect.</summary>
    public bool Fails(LedgerBatch batch, out bool? persists)
    {
        persists = Fault is { } fault && fault.Hits(batch) ? fault.Persists : null;
        return persists is not null || Scheduler.Chance(WriteFailure);
    }

    /// <summary>A failed write: whether it, and what was cached with it, took effect shows at the next
    /// opening.</summary>
    public void Failed(List<LedgerBatch> writes, bool? persists)
    {
        if (persists is { } decided)
        {
            _cached.AddRange(decided ? writes[..1] : []);
            return;
        }

        _cached.AddRange(writes);
        Keep(Prefix(_cached));
    }

    public void Release(SimLedger ledger)
    {
        if (_holder == ledger)
            _holder = null;
    }

    private List<LedgerBatch> Prefix(List<LedgerBatch> batches) =>
        batches[..Scheduler.Next(batches.Count + 1)];

    private void Keep(List<LedgerBatch> cached)
    {
        _cached.Clear();
        _cached.AddRange(cached);
    }

    private void ReorderTail()
    {
        var all = _cached.Count > 0 ? _cached : _durable;
        var last = all.FindLastIndex(batch => batch.Entries.Exists(entries => entries.Entries.Count > 1));
        if (last < 0)
            return;
        var index = all[last].Entries.FindIndex(entries => entries.Entries.Count > 1);
        all[last].Entries[index] = all[last].Entries[index] with
        {
            Entries = [.. all[last].Entries[index].Entries.Reverse()],
        };
    }

    private async Task<SimLedger> OpenAsync(SimProcess gateway)
    {
        await Task.Yield();
        if (_holder is not null)
            throw new LedgerException(LedgerError.Locked, "Another process holds the simulated ledger.");
        if (Scheduler.Chance(OpenFailure))
            throw new LedgerException(LedgerError.Unavailable, "The simulated disk does not answer.");
        // Whatever an opening finds is durable from then on.
        _durable.AddRange(_cached);
        _cached.Clear();
        var contents = new MemoryLedger();
        foreach (var batch in _durable)
            await contents.WriteAsync(batch, sync: true);
        var ledger = new SimLedger(this, gateway, contents);
        _holder = ledger;
        return ledger;
    }

    private sealed class Source(SimDisk disk, SimProcess gateway) : ILedgerSource
    {
        public async ValueTask<ILedger> OpenAsync(CancellationToken cancellation) => await disk.OpenAsync(gateway);
    }
}
