namespace Sequencer.Core;

/// <summary>Witnesses have seen more of a chain than the ledger has, so that no quorum is left: the ledger is
/// an older copy.</summary>
internal sealed class OlderLedgerException(string message) : Exception(message);
