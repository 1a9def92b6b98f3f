namespace Sequencer.Gateway;

/// <summary>The answer of the health calls.</summary>
/// <param name="Status">live, or the state of the sequencer: ready, starting, recovering, stopping, stopped,
/// fenced.</param>
/// <param name="Reason">Why it is not ready; null when it is.</param>
/// <param name="StoppedChains">Chains that take no more transactions, each with its reason.</param>
internal sealed record HealthAnswer(
    string Status, string? Reason, IReadOnlyDictionary<string, string> StoppedChains);
