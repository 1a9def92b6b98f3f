namespace Sequencer.Tlog;

/// <summary>A witness that a policy knows.</summary>
/// <param name="Name">Its name inside the policy, which has no meaning elsewhere.</param>
/// <param name="Key">Its key, of type 0x04.</param>
/// <param name="Url">Where to submit checkpoints, as written; null when not given.</param>
public sealed record PolicyWitness(string Name, VerifierKey Key, string? Url);
