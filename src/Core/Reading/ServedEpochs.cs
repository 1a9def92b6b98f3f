namespace Sequencer.Core;

/// <summary>A chain's epochs, with the log's own key.</summary>
/// <param name="Origin">The chain's origin.</param>
/// <param name="LogKey">The log's verifier key (vkey, type 0x01).</param>
/// <param name="Epochs">Every epoch that signed the chain, oldest first.</param>
public sealed record ServedEpochs(string Origin, string LogKey, IReadOnlyList<ServedEpoch> Epochs);
