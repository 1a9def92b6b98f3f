namespace Sequencer.Core;

/// <summary>The quorum that the enclave demands cannot be had at the moment: try again, never start
/// without.</summary>
internal sealed class WitnessesUnavailableException(string message) : Exception(message);

/// <summary>Witnesses have seen more of a chain than the ledger has, so that no quorum is left: the ledger is
/// an older copy.</summary>
internal sealed class OlderLedgerException(string message) : Exception(message);
