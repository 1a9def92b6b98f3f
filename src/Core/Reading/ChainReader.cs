using System.Buffers;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>What can be read of a chain: entries, the newest checkpoint, bundles, epochs.</summary>
/// <param name="ledger">Where it is.</param>
/// <param name="chains">Opens a chain on first use.</param>
/// <param name="link">The enclave, which a chain is caught up with.</param>
/// <param name="assembler">Knows the log's key.</param>
/// <param name="stopping">The engine ends.</param>
internal sealed class ChainReader(
    ILedger ledger, ChainRegistry chains, EnclaveLink link, CheckpointAssembler assembler, CancellationToken stopping)
{
    private readonly Func<uint, ReadOnlyMemory<byte>> _documentOf = epoch => ledger.FindEpoch(epoch)!.Document;

    /// <summary>The chain for reading, caught up with the enclave if that can be had; null when unknown. A
    /// stopped chain is read up to the newest checkpoint that it has.</summary>
    /// <exception cref="LedgerException">When it was stopped before it had a checkpoint, or could not be
    /// loaded.
    /// </exception>
    public ValueTask<Chain?> FindAsync(ChainId id, CancellationToken cancellation) => chains.Find(id) switch
    {
        null => default,
        { Phase: ChainPhase.Open, Latest: not null } open => new ValueTask<Chain?>(open),
        var chain => new ValueTask<Chain?>(CatchUpAsync(chain, cancellation)),
    };

    /// <summary>An entry with its proof against the newest checkpoint; null when there is none.</summary>
    /// <exception cref="LedgerException">When it is to be signed again, or is not what was signed.</exception>
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

        if (ledger.ReadEntry(chain.Record!.Number, index) is not { } entry)
            return null;
        var nodes = chain.Tree!.OpenReader();
        if (!nodes.Has(index, entry))
        {
            chain.Stop($"entry {index} in the ledger is not the one that was signed.");
            throw new LedgerException(LedgerError.Corrupt, $"Chain '{chain.Id}': {chain.StopReason}");
        }

        return new EntryReading(
            chain, nodes, chain.Tree!.EdgeOf(checkpoint.Size), checkpoint, _documentOf, index, entry.Data,
            chain.CreatedAt(index, ledger));
    }

    /// <summary>The newest checkpoint; null when there is none.</summary>
    /// <exception cref="LedgerException">When a newer one may have been served, and is to come again.</exception>
    public SignedCheckpoint? LatestOf(Chain chain)
    {
        if (chain.Latest is { } latest)
            RequireSigned(chain, latest.Size);
        return chain.Latest;
    }

    /// <summary>Writes an entry bundle as tlog-tiles serves it; false when it does not exist at this size.</summary>
    public bool WriteBundle(Chain chain, EntryBundlePath path, bool readAhead, IBufferWriter<byte> output)
    {
        if (!path.ExistsAt(chain.Latest!.Size))
            return false;
        ledger.WriteBundle(
            chain.Record!.Number, path.Index * Tile.Width, (ulong)path.Width, readAhead, output);
        return true;
    }

    /// <summary>A part of the chain for its followers; see <see cref="FeedReading.Read"/>.</summary>
    public FeedSlice? ReadSlice(Chain chain, ulong first, int bytesMax, Finality finality) =>
        FeedReading.Read(ledger, chain, first, bytesMax, finality);

    /// <summary>Every epoch that signed the chain.</summary>
    public ServedEpochs ReadEpochs(Chain chain)
    {
        var epochs = ledger.Epochs().ToDictionary(epoch => epoch.Number);
        return new ServedEpochs(
            chain.Origin,
            assembler.LogKey(chain.Origin).ToString(),
            [
                .. ledger.ChainEpochs(chain.Record!.Number).Select(part => new ServedEpoch(
                    part.StartSize, epochs[part.Epoch].CosignerKey, epochs[part.Epoch].Document, part.Handover)),
            ]);
    }

    private async Task<Chain?> CatchUpAsync(Chain chain, CancellationToken cancellation)
    {
        if (chain.Phase is ChainPhase.Closed or ChainPhase.Opening)
        {
            var opening = chains.OpenAsync(chain, stopping);
            // Its failure is the opening's.
            await chain.Loading.WaitAsync(cancellation).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            cancellation.ThrowIfCancellationRequested();
            // Without the enclave, and while it wants witnesses first, what the ledger has is served as it is.
            if (chain.Tree is null || (link.Connection is { IsOpen: true, Epoch.Witnesses: null }))
                await opening.WaitAsync(cancellation);
        }

        if (chain.Latest is not null)
            return chain;
        if (chain.Phase == ChainPhase.Stopped)
            throw new LedgerException(LedgerError.Corrupt, chain.WhyStopped.Detail);
        // Not loaded, the engine ending: that is not to say that there is nothing.
        return chain.Tree is null && ledger.FindChain(chain.Id) is not null
            ? throw new LedgerException(LedgerError.Unavailable, $"Chain '{chain.Id}' was not loaded.")
            : null;
    }

    /// <summary>
    /// After a crash the ledger may have entries that no checkpoint in it covers, though their callers have receipts:
    /// they are covered again as soon as the chain is open. Until then nobody may be told that they do not exist.
    /// </summary>
    private void RequireSigned(Chain chain, ulong index)
    {
        if (chain.Phase is (ChainPhase.Closed or ChainPhase.Opening)
            && index < ledger.EntryCount(chain.Record!.Number))
        {
            throw new LedgerException(LedgerError.Unavailable,
                $"Entry {index} of chain '{chain.Id}' waits for the enclave to sign for it again.");
        }
    }
}
