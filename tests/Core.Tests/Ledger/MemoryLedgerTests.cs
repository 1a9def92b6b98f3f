namespace Sequencer.Core.Tests.Ledger;

public sealed class MemoryLedgerTests : LedgerContract
{
    protected override ILedgerSource Source { get; } = new MemoryLedgerSource(new MemoryLedger());
}
