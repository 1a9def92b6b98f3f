namespace Sequencer.Core;

/// <summary>Loads what the ledger has of a chain, without the enclave.</summary>
internal static class ChainLoader
{
    /// <summary>Loads a chain that has its record.</summary>
    /// <exception cref="LedgerException">When records are damaged or missing.</exception>
    public static void Load(Chain chain, ILedger ledger)
    {
        var number = chain.Record!.Number;
        var latest = ledger.LatestCheckpoint(number);
        var tree = ChainTree.Load(ledger, number, latest?.Size ?? 0);
        if (latest is not null && tree.Root(latest.Size) != latest.Root)
        {
            throw new LedgerException(LedgerError.Corrupt,
                $"The entries of chain '{chain.Id}' do not have the root of its checkpoint of size "
                + $"{latest.Size}.");
        }

        chain.Tree = tree;
        chain.Latest = latest is null ? null : SignedCheckpoint.Of(latest);
        chain.Proposal = ledger.LastProposal(number);
        if (latest is not null)
            LoadTimes(chain, latest, ledger);
        // What an opened ledger holds is durable.
        if (chain.Latest is { } durable)
            chain.Witnessing?.NoteDurable(durable);
        if (chain.Witnessing is { } witnessing && ledger.WitnessedCheckpoint(number) is { } witnessed)
            witnessing.Load(witnessed);
    }

    /// <summary>
    /// Notes the newest size and its time: whatever is signed from now on is later, also while the ledger
    /// does not have its checkpoint yet.
    /// </summary>
    /// <exception cref="LedgerException">When the newest time is damaged. The ledger's writer, which reads it
    /// before it adds to it, would fail for every chain.</exception>
    private static void LoadTimes(Chain chain, CheckpointRecord latest, ILedger ledger)
    {
        var time = latest.Size == 0 ? null : ledger.TimeOfEntry(latest.Chain, latest.Size - 1);
        chain.Times.Add(latest.Size, time ?? latest.Time);
    }
}
