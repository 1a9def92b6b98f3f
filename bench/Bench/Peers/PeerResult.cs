namespace Sequencer.Bench.Peers;

/// <summary>A row of the table.</summary>
/// <param name="Peer">The system.</param>
/// <param name="Rates">What it did; null when it was skipped.</param>
/// <param name="Skipped">Why it was skipped; null when it ran.</param>
internal sealed record PeerResult(Peer Peer, PeerRates? Rates, string? Skipped);
