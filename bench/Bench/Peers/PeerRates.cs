namespace Sequencer.Bench.Peers;

/// <summary>What one system did, in entries of 256 bytes a second.</summary>
/// <param name="Single">Each entry in a request of its own.</param>
/// <param name="SingleTool">What sent them, and how.</param>
/// <param name="Batch">Entries in batches.</param>
/// <param name="BatchTool">What sent those, and how.</param>
internal sealed record PeerRates(double Single, string SingleTool, double Batch, string BatchTool);
