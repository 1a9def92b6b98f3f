namespace Sequencer.Core;

/// <summary>The quorum that the enclave demands cannot be had at the moment: try again, never start
/// without.</summary>
internal sealed class WitnessesUnavailableException(string message)
    : ChainHeldException(Refusal.Soon(RefusalCode.WitnessesUnavailable, message));
