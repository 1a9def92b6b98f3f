namespace Sequencer.Core.Tests.Sim;

/// <summary>One write of the ledger that fails, once.</summary>
/// <param name="hits">Whether it is this one.</param>
/// <param name="persists">Whether it takes effect nevertheless.</param>
internal sealed class SimFault(Func<LedgerBatch, bool> hits, bool persists)
{
    /// <summary>Whether it has happened.</summary>
    public bool IsOver { get; private set; }

    public bool Persists { get; } = persists;

    public bool Hits(LedgerBatch batch)
    {
        if (IsOver || !hits(batch))
            return false;
        return IsOver = true;
    }
}
