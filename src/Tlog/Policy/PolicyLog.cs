namespace Sequencer.Tlog;

/// <summary>A log that a policy accepts.</summary>
/// <param name="Key">Its key, of type 0x01; the key's name is the log's origin.</param>
/// <param name="Url">Where to reach it, as written; null when not given.</param>
public sealed record PolicyLog(VerifierKey Key, string? Url);
