namespace Sequencer.Tlog;

/// <summary>A signature that was checked and found good.</summary>
/// <param name="Key">The key that made it.</param>
/// <param name="Time">The time it states, in POSIX seconds; null for a plain Ed25519 signature.</param>
public sealed record VerifiedSignature(VerifierKey Key, ulong? Time);
