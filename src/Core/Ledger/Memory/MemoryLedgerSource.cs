namespace Sequencer.Core;

/// <summary>Opens one and the same memory ledger every time.</summary>
public sealed class MemoryLedgerSource(MemoryLedger ledger) : ILedgerSource
{
    public ValueTask<ILedger> OpenAsync(CancellationToken cancellation) => new(ledger);
}
