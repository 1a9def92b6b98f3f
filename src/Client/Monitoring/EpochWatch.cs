using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// The epochs of a log as it serves them, with their documents verified. They are read when they are first
/// needed, and again when a checkpoint is cosigned by none of them. Owned by the monitor's one flow.
/// </summary>
internal sealed class EpochWatch(SequencerClient client, ChainId chain, EnclaveVerifier enclaves)
{
    private AuditFindings _findings = new();
    private EpochAudit? _audit;
    private bool _handoversAreDue;
    private bool _areSound;

    /// <summary>Size up to which the handovers were compared with the tree.</summary>
    private ulong _comparedSize;

    public ChainId Chain => chain;

    /// <summary>As the gateway tells them; null until they were read.</summary>
    public LogEpochs? Served { get; private set; }

    public IReadOnlyList<AuditedEpoch> Audited => _audit?.Epochs ?? [];

    /// <summary>Reads them anew.</summary>
    /// <exception cref="SequencerClientException">
    /// When the gateway refused, could not be reached, or knows no such chain.
    /// </exception>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        Served = await client.FindEpochsAsync(chain, cancellation).ConfigureAwait(false)
            ?? throw new SequencerClientException(SequencerClientError.BadAnswer,
                $"The gateway serves a checkpoint of {chain}, but no epochs.");
        _findings = new();
        _audit = new(Served.Origin, enclaves, _findings);
        _audit.CheckEpochs(Served.Epochs);
        _handoversAreDue = true;
        _comparedSize = 0;
    }

    /// <summary>The epoch that cosigned, wherever it began; null when none did.</summary>
    public AuditedEpoch? FindCosigner(ParsedCheckpoint signed)
    {
        try
        {
            return Audited.FirstOrDefault(
                epoch => epoch.Enclave is { } enclave && signed.SignaturesBy([enclave.Key]).Count > 0);
        }
        catch (TlogException)
        {
            return null;
        }
    }

    /// <summary>
    /// Checks, once for each reading, the documents and handovers, against the tree and against what was seen
    /// before. What began above the checkpoint's size stays due until one reaches it.
    /// </summary>
    /// <param name="known">Epochs that held before; the tree is not asked for them again.</param>
    /// <param name="checkpoint">A checkpoint whose tree is known to be the log's.</param>
    /// <param name="tiles">The tiles at its size.</param>
    /// <param name="events">Takes what is wrong.</param>
    /// <returns>The epochs as they are known from now on.</returns>
    /// <exception cref="TilesUnreadableException">When a tile is missing or malformed.</exception>
    public async Task<IReadOnlyList<KnownEpoch>> CheckAsync(
        IReadOnlyList<KnownEpoch> known, Checkpoint checkpoint, TileCache tiles, RoundEvents events,
        CancellationToken cancellation)
    {
        var size = checkpoint.Size;
        if (Served is null || !(_handoversAreDue || Served.Epochs.Any(
            epoch => epoch.StartSize > _comparedSize && epoch.StartSize <= size)))
        {
            return known;
        }

        KnownEpoch[] served = [.. Served.Epochs.Select(KnownEpoch.Of)];
        var isSame = served.Length >= known.Count && known.SequenceEqual(served[..known.Count]);
        if (!isSame && _handoversAreDue)
        {
            events.Add(MonitorEventKind.EpochsChanged,
                $"{known.Count} epochs were seen before; the log no longer serves all of them as they were.",
                checkpoint);
        }

        var roots = await ReadRootsAsync(
            served.Skip(isSame ? known.Count : 0), checkpoint, tiles, cancellation).ConfigureAwait(false);
        Compare(start => roots.TryGetValue(start, out var root) ? root : null, checkpoint, events);
        _comparedSize = Math.Max(_comparedSize, size);
        return isSame && _areSound
            ? served[..Math.Max(known.Count, served.TakeWhile(epoch => epoch.StartSize <= size).Count())]
            : known;
    }

    private void Compare(Func<ulong, Hash?> rootAt, Checkpoint checkpoint, RoundEvents events)
    {
        var findings = _handoversAreDue ? _findings : new();
        if (_handoversAreDue)
            _audit!.CheckHandovers(rootAt);
        else
            _audit!.CheckLateRoots(rootAt, findings);
        events.AddFindings(findings, checkpoint);
        _areSound = findings.Count == 0 && (_handoversAreDue || _areSound);
        _handoversAreDue = false;
    }

    private static async Task<Dictionary<ulong, Hash>> ReadRootsAsync(
        IEnumerable<KnownEpoch> epochs, Checkpoint checkpoint, TileCache tiles,
        CancellationToken cancellation)
    {
        var roots = new Dictionary<ulong, Hash>();
        var starts = epochs.Select(epoch => epoch.StartSize).Where(start => start <= checkpoint.Size);
        foreach (var start in starts.Distinct())
        {
            var (root, proof) = await tiles.ReadAsync(
                nodes => (TreeRoot.Compute(start, nodes),
                    ConsistencyProof.Build(start, checkpoint.Size, nodes)),
                cancellation).ConfigureAwait(false);
            try
            {
                ConsistencyProof.Verify(start, root, checkpoint.Size, checkpoint.Root, proof);
            }
            catch (TlogException wrong)
            {
                throw new TilesUnreadableException(
                    $"The tiles around size {start} do not belong to the checkpoint. {wrong.Message}");
            }

            roots.Add(start, root);
        }

        return roots;
    }
}
